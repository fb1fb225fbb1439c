// A BitPay of one's own for a test: started, told what to do, stopped.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Starts one on a free port. The program is `bitpay`, or what BITPAY_PROGRAM says. */
export async function startSandbox() {
  const program = process.env.BITPAY_PROGRAM ?? 'bitpay';
  const child = spawn(program, ['sandbox', '--listen', '127.0.0.1:0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = () => child.kill();
  process.once('exit', stop);
  // Its first line says where it listens.
  const line = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', resolve);
  });
  const url = JSON.parse(line).environment;

  /** Asks the sandbox itself for something: what a merchant or a buyer does in a browser. */
  async function control(what, body) {
    const options = body && { method: 'POST', body: JSON.stringify(body) };
    const answer = await (await fetch(`${url}/sandbox/${what}`, options)).json();
    if (answer.error) throw new Error(`${what}: ${answer.error}`);
    return answer.data;
  }
  return { url, control, stop };
}
