// Bills.
import sdk from 'bitpay-sdk';

import { green, holds, typed } from './report.mjs';

const ITEMS = [
  { description: 'Tea', price: 6.5, quantity: 2 },
  { description: 'Cake', price: 4, quantity: 1 },
];

const ADDRESS = {
  name: 'Ada',
  address1: 'Street 1',
  address2: 'Apt 42',
  city: 'Alexandria',
  state: 'VA',
  zip: '23242',
  country: 'US',
  phone: '555-123-456',
  cc: ['cc@example.com'],
  passProcessingFee: true,
};

const isBill = (got) => typed(got, 'Bill/Bill', 'billInterfaceSchema');

export async function bills({ client, pos }) {
  const ask = (number, currency, more) =>
    Object.assign(new sdk.Models.Bill(number, currency, 'ada@example.com', ITEMS), more);

  const sent = { ...ADDRESS, number: 'bill 17', email: 'ada@example.com', items: ITEMS };
  const bill = await green(
    'as merchant, signed',
    () => client.createBill(ask('bill 17', 'USD', { ...ADDRESS, dueDate: '2099-5-31' })),
    (got) => {
      isBill(got);
      holds(got, { ...sent, currency: 'USD', dueDate: '2099-05-31T00:00:00.000Z' });
      holds(got.status, 'draft');
    },
  );
  const small = { number: '18', currency: 'EUR', email: 'ada@example.com', items: ITEMS };
  const other = await green(
    'as pos, unsigned',
    () => pos.createBill(ask('18', 'EUR')),
    (got) => {
      holds(got, small);
    },
  );
  await green(
    'as merchant, signed',
    () => client.getBill(bill.id),
    (got) => holds(got, bill),
  );
  await green(
    'as pos, unsigned',
    () => pos.getBill(other.id),
    (got) => holds(got, small),
  );
  await green(
    'all',
    () => client.getBills(null),
    (list) => holds(list, [sent, small]),
  );
  await green(
    'by status',
    () => client.getBills('draft'),
    (list) => holds(list, [sent, small]),
  );
  const changes = { name: 'Ada L.', items: [ITEMS[0]] };
  await green(
    'as it was fetched',
    () => client.updateBill({ ...bill, ...changes }, bill.id),
    (got) => {
      isBill(got);
      holds(got, { ...sent, ...changes, id: bill.id });
    },
  );
  await green(
    'signed',
    () => client.deliverBill(bill.id, bill.token),
    (done) => holds(done, true),
  );
  await green(
    'unsigned',
    () => pos.deliverBill(other.id, other.token),
    (done) => {
      holds(done, true);
    },
  );
  await green(
    'once delivered',
    () => client.getBills('sent'),
    (list) => holds(list.length, 2),
  );
}
