// Recipients, and what is paid out to them.
import sdk from 'bitpay-sdk';

import { HOOK, day, order } from './invoices.mjs';
import { fails, green, holds, typed } from './report.mjs';

const { Models } = sdk;
const isRecipient = (got) => typed(got, 'Payout/PayoutRecipient', 'payoutRecipientInterfaceSchema');
const isPayout = (got) => typed(got, 'Payout/Payout', 'payoutInterfaceSchema');

export async function payouts({ sandbox, client }, last) {
  const lastEvent = async () => (await sandbox.control('deliveries')).at(-1).event;
  // What is paid out must have come in.
  await client.payInvoice((await client.createInvoice(order(500, 'USD'))).id, 'complete');

  const people = ['ada', 'bob'].map((name) => {
    return { email: `${name}@example.com`, label: name, notificationURL: HOOK };
  });
  const recipients = people.map(({ email, label, notificationURL }) => {
    return new Models.PayoutRecipient(email, label, notificationURL);
  });
  const [ada, bob] = await green(
    'two',
    () => client.submitPayoutRecipients(new Models.PayoutRecipients(recipients)),
    (list) => {
      list.forEach(isRecipient);
      const as_new = { status: 'invited', shopperId: null };
      holds(
        list,
        people.map((person) => ({ ...person, ...as_new })),
      );
    },
  );
  const { id } = ada;
  await green(
    '',
    () => client.getPayoutRecipient(id),
    (got) => holds(got, { id, ...people[0] }),
  );
  const invited = { status: 'invited', limit: 10, offset: 1 };
  await green(
    'by status, a page',
    () => client.getPayoutRecipients(invited),
    (list) => {
      holds(list.length, 1);
    },
  );
  await green(
    'all',
    () => client.getPayoutRecipients(),
    (list) => holds(list.length, 2),
  );
  await green(
    'as it was fetched',
    () => client.updatePayoutRecipient(id, { ...ada, label: 'Ada L.' }),
    (got) => {
      isRecipient(got);
      holds(got, { ...people[0], id, label: 'Ada L.' });
    },
  );
  await green(
    '',
    () => client.requestPayoutRecipientNotification(id),
    async (done) => {
      holds(done, true);
      holds(await lastEvent(), 'recipient_manuallyNotified');
    },
  );
  await green(
    '',
    () => client.deletePayoutRecipient(bob.id),
    (done) => holds(done, true),
  );
  await sandbox.control('recipient', { recipient: id });

  const wage = (amount, reference, more) => ({
    amount,
    currency: 'USD',
    ledgerCurrency: 'USD',
    recipientId: id,
    reference,
    label: 'Wage',
    notificationURL: HOOK,
    notificationEmail: 'shop@example.com',
    ...more,
  });
  const ask = ({ amount, currency, ledgerCurrency, ...rest }) =>
    Object.assign(new Models.Payout(amount, currency, ledgerCurrency), rest);
  const sent = wage(10.5, 'wage 1', { message: 'thank you', ignoreEmails: true });
  const payout = await green(
    '',
    () => client.submitPayout(ask({ ...sent, effectiveDate: '2099-05-27' })),
    (got) => {
      isPayout(got);
      holds(got, { ...sent, status: 'new', transactions: [], email: people[0].email });
      holds(got.effectiveDate, '2099-05-27T09:00:00.000Z');
    },
  );
  await green(
    '',
    () => client.getPayout(payout.id),
    (got) => {
      isPayout(got);
      holds(got, { ...sent, id: payout.id });
    },
  );
  const wanted = { startDate: day(-1), endDate: last, status: undefined, reference: 'wage 1' };
  await green(
    'by days and reference, with an empty status',
    () => client.getPayouts({ ...wanted, limit: 10, offset: 0 }),
    (list) => holds(list, [sent]),
  );
  await green(
    'all',
    () => client.getPayouts(),
    (list) => holds(list, [sent]),
  );
  await green(
    '',
    () => client.requestPayoutNotification(payout.id),
    async (done) => {
      holds(done, true);
      holds(await lastEvent(), 'payout_manuallyNotified');
    },
  );
  await green(
    '',
    () => client.cancelPayout(payout.id),
    (done) => holds(done, true),
  );
  await fails(
    'again',
    'it does not tell a refusal that has a `message`, as those of payouts have',
    'BitPayApiException: Unexpected api error',
    () => client.cancelPayout(payout.id),
  );

  const two = [wage(20, 'wage 2'), wage(30, 'wage 3', { ledgerCurrency: undefined })];
  const group = await green(
    'one made, one not',
    () => client.submitPayouts(two.map(ask)),
    (got) => {
      got.payouts.forEach(isPayout);
      holds(got.payouts, [{ ...two[0], status: 'new' }]);
      holds(got.failed, [{ errMessage: 'Ledger currency is required' }]);
    },
  );
  const [made] = group.payouts;
  await green(
    '',
    () => client.cancelPayouts(made.groupId),
    (got) => {
      holds(got, { payouts: [{ id: made.id, status: 'cancelled' }], failed: [] });
      holds(got.failed.length, 0);
    },
  );
}
