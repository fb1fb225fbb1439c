// The SDK's own setup tool, answered as a person would, and pointed at a sandbox.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const dist = path.dirname(createRequire(import.meta.url).resolve('bitpay-sdk'));

/** Each question, by its beginning, and the answer. */
const ANSWERS = [
  ['Press T for testing', 'T'],
  ['Press (E) for existing', 'N'],
  ['Enter the directory', '.'],
  ['Press F for storing', 'T'],
  ['Press M for merchant', 'B'],
];

/** Makes a key and asks for tokens of the merchant and payout facades; gives what it printed. */
export async function setUp(url, folder) {
  const hook = fileURLToPath(new URL('setup-hook.cjs', import.meta.url));
  const tool = path.join(dist, 'setup', 'BitPaySetup.js');
  const child = spawn(process.execPath, ['--require', hook, tool], {
    cwd: folder,
    env: { ...process.env, SANDBOX_URL: url },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const left = [...ANSWERS];
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
    if (left.length > 0 && printed.includes(left[0][0])) child.stdin.write(`${left.shift()[1]}\n`);
  });
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`it ended with ${code}: ${printed}`)),
    );
  });
  return printed;
}
