// What the calls of an SDK come to: a line of JSON for each.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const require = createRequire(import.meta.url);
const dist = path.dirname(require.resolve('bitpay-sdk'));

const called = new Set();
/** The call that was made last, and the one that the line is about: checks may make calls as well. */
let last = '';
let call = '';
let held = 0;

/** The same client, but what is called on it is noted. */
export function watch(client) {
  return new Proxy(client, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      return (...args) => {
        called.add(name);
        last = name;
        return value.apply(target, args);
      };
    },
  });
}

function line(row) {
  console.log(JSON.stringify(row));
}

function state(how, state, rest) {
  line({ call, how, state, ...rest });
}

/** Says which SDK this is. */
export function announce() {
  const { version } = JSON.parse(readFileSync(path.join(dist, '../package.json'), 'utf8'));
  line({ sdk: `npm bitpay-sdk ${version}, Node ${process.version}` });
}

function told(error) {
  return `${error.constructor.name}: ${error.message}`;
}

async function run(act) {
  last = 'setup tool';
  held = 0;
  try {
    return await act();
  } finally {
    call = last;
  }
}

/** A call that must return, and `check` must like what it returns. */
export async function green(how, act, check) {
  let got;
  try {
    got = await run(act);
    await check(got);
    assert.ok(held > 0, 'nothing was compared');
    state(how, 'green', { held });
  } catch (error) {
    state(how, 'red', { why: told(error) });
  }
  return got;
}

/** A call that BitPay refuses: the SDK must say so, in BitPay's words. */
export async function refused(how, text, act) {
  await green(
    how,
    () => act().then(JSON.stringify, told),
    (answer) => {
      assert.ok(answer.includes(text), answer);
      held += 1;
    },
  );
}

/** A call that is broken inside the SDK: it must fail with this text. */
export async function fails(how, reason, text, act) {
  const outcome = await run(() => act().then((got) => `returned ${JSON.stringify(got)}`, told));
  if (outcome.includes(text)) state(how, 'broken', { why: reason });
  else state(how, 'red', { why: `not broken as it was: ${outcome}` });
}

/** A call that returns what it should not, because the SDK is broken: `check` must find it so. */
export async function wrong(how, reason, act, check) {
  try {
    await check(await run(act));
    state(how, 'broken', { why: reason });
  } catch (error) {
    state(how, 'red', { why: `not broken as it was: ${told(error)}` });
  }
}

/** All that was sent is in what came back. Numbers and texts are compared by value. */
export function holds(got, sent, at = '') {
  if (sent !== null && typeof sent === 'object') {
    assert.ok(got !== null && typeof got === 'object', `${at}: ${JSON.stringify(got)}`);
    if (Array.isArray(sent)) assert.equal(got.length, sent.length, `${at}: how many`);
    for (const [name, value] of Object.entries(sent)) holds(got[name], value, `${at}.${name}`);
  } else {
    assert.deepEqual(got, sent, `${at}: ${JSON.stringify(got)} and not ${JSON.stringify(sent)}`);
    held += 1;
  }
}

/** What came back has the types that the SDK itself gives to it. */
export function typed(got, model, schema) {
  const types = require(path.join(dist, 'Model', `${model}.zod.js`))[schema];
  const outcome = types.safeParse(got);
  assert.ok(outcome.success, JSON.stringify(outcome.error?.issues));
}

/** What the declarations of the SDK call public, and no line above has called. */
export function missing(Client) {
  const text = readFileSync(path.join(dist, 'Client.d.ts'), 'utf8');
  const hidden = new Set([...text.matchAll(/private (?:static )?(\w+)/g)].map(([, name]) => name));
  const names = [Client, Client.prototype]
    .flatMap((of) =>
      Object.getOwnPropertyNames(of).filter((name) => typeof of[name] === 'function'),
    )
    .filter((name) => name !== 'constructor' && !hidden.has(name));
  for (const name of names.filter((name) => !called.has(name))) {
    line({ call: name, how: '', state: 'red', why: 'no line of the driver calls it' });
  }
  line({ end: true, methods: names });
}
