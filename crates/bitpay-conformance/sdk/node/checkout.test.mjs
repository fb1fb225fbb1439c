import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, Env, Environment, KeyUtils, Models, TokenContainer } from 'bitpay-sdk';

import { startSandbox } from './sandbox.mjs';

let sandbox;
let client;

before(async () => {
  sandbox = await startSandbox();

  // Pairing: ask for a token, and approve its code as the merchant does in a browser.
  const keys = new KeyUtils();
  const key = keys.generate_keypair();
  const answer = await fetch(`${sandbox.url}/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Accept-Version': '2.0.0' },
    body: JSON.stringify({ id: keys.get_sin_from_key(key), facade: 'merchant', label: 'tests' }),
  });
  const { token, pairingCode } = (await answer.json()).data[0];
  await sandbox.control('approve', { pairingCode });

  // The SDK's test environment is the sandbox from here on.
  Env.TestUrl = `${sandbox.url}/`;
  const tokens = new TokenContainer({ merchant: token });
  client = Client.createClientByPrivateKey(key.getPrivate('hex'), tokens, Environment.Test);
});

after(() => sandbox.stop());

test('a paid invoice becomes complete', async () => {
  const request = Object.assign(new Models.Invoice(12.5, 'USD'), { orderId: '17' });
  const invoice = await client.createInvoice(request);
  assert.equal(invoice.status, 'new');

  // The buyer pays, and the coins are confirmed.
  await sandbox.control('pay', { invoice: invoice.id, status: 'complete' });
  const paid = await client.getInvoice(invoice.id);
  assert.equal(paid.status, 'complete');
  assert.equal(paid.orderId, '17');
});

test('an invoice that nobody pays expires after 15 minutes', async () => {
  const { id } = await client.createInvoice(new Models.Invoice(8, 'EUR'));
  await sandbox.control('advance', { seconds: 15 * 60 });
  assert.equal((await client.getInvoice(id)).status, 'expired');
});
