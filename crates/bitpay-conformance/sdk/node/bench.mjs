// What BitPay's SDK for Node costs: `node bench.mjs sign|create|ledger URL TOKEN COUNT`. It says what it took
// as the programs of `bitpay-bench` do.
import { randomUUID } from 'node:crypto';
import sdk from 'bitpay-sdk';

const { Client, Env, Environment, KeyUtils, Models, TokenContainer } = sdk;
const [what, url, token, text] = process.argv.slice(2);
const count = Number(text);
const key = '07'.repeat(32);

function client() {
  Env.TestUrl = `${url}/`;
  const tokens = new TokenContainer({ merchant: token });
  return Client.createClientByPrivateKey(key, tokens, Environment.Test);
}

async function create(shop, times) {
  for (let time = 0; time < times; time += 1) {
    const order = new Models.Invoice(19.9, 'USD');
    order.guid = randomUUID();
    order.orderId = 'order-2026-000017';
    order.notificationURL = 'https://shop.example/webhooks/bitpay';
    order.redirectURL = 'https://shop.example/orders/2026-000017';
    order.itemDesc = 'A green scarf';
    await shop.createInvoice(order);
  }
}

const works = {
  async sign() {
    const keys = new KeyUtils();
    const pair = keys.load_keypair(key);
    const message = 'https://test.bitpay.com/invoices'.padEnd(350, 'x');
    keys.sign(message, pair);
    return () => {
      for (let time = 0; time < count; time += 1) keys.sign(message, pair);
    };
  },
  async create() {
    const shop = client();
    await create(shop, 50);
    return () => create(shop, count);
  },
  async ledger() {
    const shop = client();
    const days = [new Date('2026-01-01'), new Date('2026-12-31')];
    return async () => {
      const entries = await shop.getLedgerEntries('USD', ...days);
      if (entries.length !== count) throw new Error(`${entries.length} entries`);
    };
  },
};

const work = await works[what]();
const began = process.cpuUsage();
await work();
const nanos = ({ user, system }) => (user + system) * 1000;
console.log(
  JSON.stringify({
    work_ns: nanos(process.cpuUsage(began)),
    whole_ns: nanos(process.cpuUsage()),
    peak_kib: process.resourceUsage().maxRSS,
  }),
);
