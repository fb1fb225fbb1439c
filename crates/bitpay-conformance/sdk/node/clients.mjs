// Pairing, and the ways to make a client.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sdk from 'bitpay-sdk';

import { green, holds, watch } from './report.mjs';
import { setUp } from './setup.mjs';

const { Env, Environment, Facade, TokenContainer } = sdk;
const Client = watch(sdk.Client);

/** Pairs by the SDK's own tool; the merchant approves both codes. Gives what it wrote to its file. */
async function pair(sandbox, folder, file) {
  const printed = await setUp(sandbox.url, folder);
  for (const [, pairingCode] of printed.matchAll(/^(\w+) for the (?:Merchant|Payout) facade/gm)) {
    await sandbox.control('approve', { pairingCode });
  }
  return JSON.parse(await readFile(file, 'utf8')).BitPayConfiguration.EnvConfig.Test;
}

export async function clients(sandbox) {
  Env.TestUrl = `${sandbox.url}/`;
  const folder = await mkdtemp(path.join(tmpdir(), 'bitpay-node-'));
  const file = path.join(folder, 'BitPay.config.json');

  const config = await green(
    'POST /tokens',
    () => pair(sandbox, folder, file),
    (test) => {
      for (const facade of ['merchant', 'payout']) {
        assert.match(test.ApiTokens[facade], /^[1-9A-HJ-NP-Za-km-z]{43,44}$/);
      }
      holds(test, { PrivateKeyPath: '' });
    },
  );
  const has = (facade, token) => (client) => holds(client.getToken(facade), token);
  const { merchant, payout } = config.ApiTokens;
  const byConfig = await green(
    '',
    () => Client.createClientByConfig(file),
    has(Facade.Payout, payout),
  );
  await rm(folder, { recursive: true, force: true });

  const tokens = new TokenContainer(config.ApiTokens);
  const key = config.PrivateKey;
  const signing = await green(
    '',
    () => Client.createClientByPrivateKey(key, tokens, Environment.Test, 'Shop 1.0'),
    has(Facade.Merchant, merchant),
  );
  const client = watch(signing);
  await green(
    '',
    () => client.getToken(Facade.Merchant),
    (token) => holds(token, merchant),
  );

  const { token: open } = await sandbox.control('tokens', { label: 'till' });
  const pos = await green(
    '',
    () => Client.createPosClient(open, Environment.Test),
    has(Facade.Pos, open),
  );
  return { client, byConfig: watch(byConfig), pos: watch(pos) };
}
