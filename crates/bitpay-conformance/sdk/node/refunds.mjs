// Refunds of an invoice that is complete.
import { randomUUID } from 'node:crypto';
import assert from 'node:assert/strict';
import sdk from 'bitpay-sdk';

import { HOOK } from './invoices.mjs';
import { green, holds, typed, wrong } from './report.mjs';

const isRefund = (got) => typed(got, 'Invoice/Refund', 'refundInterfaceSchema');

export async function refunds({ sandbox, client }, invoice) {
  const ask = (amount, more) => {
    const fixed = { currency: 'USD', guid: randomUUID(), immediate: false, ...more };
    return Object.assign(new sdk.Models.Refund(amount, invoice.id, ''), fixed);
  };

  const asked = { preview: true, buyerPaysRefundFee: true, guid: randomUUID() };
  const { preview: _, ...echoed } = asked;
  const refund = await green(
    'a preview',
    () => client.createRefund(ask(1.25, asked)),
    (got) => {
      isRefund(got);
      holds(got, { ...echoed, invoice: invoice.id, amount: 1.25, currency: 'USD' });
      holds(got, { immediate: false, status: 'preview', transactionCurrency: 'BTC' });
    },
  );
  const { id } = refund;
  await green(
    '',
    () => client.getRefund(id),
    (got) => holds(got, { id, ...echoed }),
  );
  await green(
    '',
    () => client.getRefundByGuid(asked.guid),
    (got) => holds(got, { id, ...echoed }),
  );
  await green(
    '',
    () => client.getRefunds(invoice.id),
    (list) => holds(list, [{ id, ...echoed }]),
  );
  await green(
    'a preview becomes one',
    () => client.updateRefund(id, 'created'),
    (got) => {
      isRefund(got);
      holds(got, { id, status: 'created' });
    },
  );
  await green(
    '',
    () => client.sendRefundNotification(id, refund.token),
    (done) => {
      holds(done, true);
    },
  );
  await green(
    '',
    () => client.cancelRefund(id),
    (got) => holds(got, { id, status: 'canceled' }),
  );

  const { guid } = await client.createRefund(ask(1, { preview: true }));
  await green(
    '',
    () => client.updateRefundByGuid(guid, 'created'),
    (got) => {
      holds(got, { guid, amount: 1, status: 'created' });
    },
  );
  await green(
    '',
    () => client.cancelRefundByGuid(guid),
    (got) => {
      holds(got, { guid, amount: 1, status: 'canceled' });
    },
  );
  const named = { preview: true, reference: 'back 3', notificationURL: `${HOOK}/refund` };
  await wrong(
    'its reference and notificationURL',
    'neither is sent',
    () => client.createRefund(ask(1, named)),
    (got) => {
      assert.equal(got.reference, undefined);
      assert.notEqual(got.notificationURL, named.notificationURL);
    },
  );
  await green(
    'immediate',
    () => client.createRefund(ask(2, { immediate: true })),
    async (got) => {
      isRefund(got);
      holds(got, { amount: 2, immediate: true, buyerPaysRefundFee: false, status: 'created' });
      await sandbox.control('refund', { refund: got.id });
      holds(await client.getRefund(got.id), { status: 'success' });
    },
  );
}
