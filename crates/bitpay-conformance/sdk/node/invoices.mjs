// Invoices, from their creation to their end.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import sdk from 'bitpay-sdk';

import { green, holds, refused, typed } from './report.mjs';

const { Models } = sdk;

/** Nothing listens there: the sandbox's log says what it would have delivered. */
export const HOOK = 'http://127.0.0.1:9/hook';

export const BUYER = {
  name: 'Satoshi',
  address1: 'street',
  address2: '911',
  locality: 'Washington',
  region: 'District of Columbia',
  postalCode: '20000',
  country: 'US',
  email: 'buyer@example.com',
  phone: '555-0100',
  notify: true,
};

/** A day, so many days from today. */
export function day(offset, from = Date.now()) {
  return new Date(from + offset * 86_400_000).toISOString().slice(0, 10);
}

/** What an invoice can be asked with, but for its price and currency. */
function everything(price) {
  return {
    guid: randomUUID(),
    orderId: `order ${randomUUID()}`,
    itemDesc: 'Tea & "Käse" ☕',
    itemCode: 'tea',
    itemizedDetails: [{ amount: price, description: 'Tea', isFee: false }],
    posData: '{"ref":711454}',
    notificationURL: HOOK,
    redirectURL: 'https://shop.example/return?a=1&b=2',
    closeURL: 'https://shop.example/close',
    autoRedirect: true,
    transactionSpeed: 'medium',
    fullNotifications: true,
    extendedNotifications: true,
    physical: true,
    jsonPayProRequired: true,
    bitpayIdRequired: true,
    merchantName: 'Shop',
    buyer: BUYER,
  };
}

export function order(price, currency, more) {
  return Object.assign(new Models.Invoice(price, currency), more ?? everything(price));
}

function isInvoice(got) {
  typed(got, 'Invoice/Invoice', 'invoiceSchema');
  assert.match(got.id, /^[1-9A-HJ-NP-Za-km-z]{20,22}$/);
  for (const [code, total] of Object.entries(got.paymentTotals)) {
    // JavaScript's numbers end at 2^53; the smallest units of a token of 18 places do not.
    if (!Number.isSafeInteger(total)) continue;
    holds(total, got.paymentSubtotals[code] + got.minerFees[code].totalFee);
  }
}

export async function invoices({ sandbox, client, byConfig, pos }, rates) {
  const sent = { price: 12.5, currency: 'USD', ...everything(12.5) };
  const invoice = await green(
    'as merchant, signed',
    () =>
      client.createInvoice(
        order(12.5, 'USD', {
          ...sent,
          notificationEmail: 'shop@example.com',
          forcedBuyerSelectedWallet: 'bitpay',
          forcedBuyerSelectedTransactionCurrency: 'BTC',
        }),
      ),
    (got) => {
      isInvoice(got);
      holds(got, sent);
      holds(got, { status: 'new', exceptionStatus: false, amountPaid: 0, transactions: [] });
      const chosen = { selectedWallet: 'bitpay', selectedTransactionCurrency: 'BTC' };
      holds(got, { buyerProvidedInfo: chosen, buyerProvidedEmail: BUYER.email });
      holds(got.url, `${sandbox.url}/invoice?id=${got.id}`);
      holds(got.expirationTime - got.invoiceTime, 15 * 60 * 1000);
      // What is asked is the price at the rate, to a millionth of a coin.
      const rate = rates.getRate('USD');
      holds(got.exchangeRates.BTC.USD, rate);
      assert.ok(Math.abs(got.paymentSubtotals.BTC - (12.5 / rate) * 1e8) <= 100);
      holds(got.paymentDisplayTotals.BTC, (got.paymentTotals.BTC / 1e8).toFixed(6));
    },
  );
  await green(
    'the same guid again',
    () => client.createInvoice(order(99, 'EUR', { guid: sent.guid })),
    (got) => holds(got, { id: invoice.id, price: 12.5, currency: 'USD' }),
  );
  const two = { paymentCurrencies: ['BTC', 'ETH'], acceptanceWindow: 60_000 };
  await green(
    'in coins, of two kinds, for a minute',
    () => client.createInvoice(order(0.5, 'BTC', two)),
    (got) => {
      isInvoice(got);
      holds(got, { price: 0.5, currency: 'BTC' });
      holds(got.expirationTime - got.invoiceTime, 60_000);
      const coins = Object.entries(got.supportedTransactionCurrencies);
      const enabled = coins.filter(([, coin]) => coin.enabled).map(([code]) => code);
      holds(enabled.sort(), ['BTC', 'ETH']);
    },
  );
  const till = { price: 5, currency: 'EUR', orderId: 'till 1', status: 'new' };
  const guid = randomUUID();
  const sold = await green(
    'as pos, unsigned',
    () => pos.createInvoice(order(5, 'EUR', { guid, orderId: 'till 1' })),
    (got) => {
      isInvoice(got);
      holds(got, till);
    },
  );

  await green(
    'as merchant, signed',
    () => client.getInvoice(invoice.id),
    (got) => {
      isInvoice(got);
      holds(got, { ...sent, id: invoice.id, token: invoice.token });
    },
  );
  await green(
    'of the configuration file',
    () => byConfig.getInvoice(invoice.id),
    (got) => {
      holds(got, sent);
    },
  );
  await green(
    'as pos, unsigned',
    () => pos.getInvoice(sold.id),
    (got) => holds(got, till),
  );
  await green(
    'as merchant, signed',
    () => client.getInvoiceByGuid(sent.guid),
    (got) => {
      holds(got, sent);
    },
  );
  await green(
    'as pos, unsigned',
    () => pos.getInvoiceByGuid(guid),
    (got) => holds(got, till),
  );
  const days = { dateStart: day(-1), dateEnd: day(1) };
  const of_order = { ...days, status: undefined, orderId: sent.orderId, limit: 10, offset: 0 };
  await green(
    'by order, with an empty status',
    () => client.getInvoices(of_order),
    (list) => {
      holds(list, [sent]);
    },
  );
  await green(
    'a page',
    () => client.getInvoices({ ...days, limit: 1, offset: 1 }),
    (list) => {
      holds(list.length, 1);
    },
  );
  await green(
    '',
    () => client.getInvoiceEventToken(invoice.id),
    (got) => {
      typed(got, 'Invoice/InvoiceEventToken', 'invoiceEventTokenInterfaceSchema');
      holds(got, { events: ['payment', 'confirmation'], actions: ['subscribe', 'unsubscribe'] });
    },
  );

  const { id } = await client.createInvoice(order(8, 'USD', {}));
  const buyerEmail = 'late@example.com';
  await green(
    'an email',
    () => client.updateInvoice(id, { buyerEmail }),
    (got) => {
      isInvoice(got);
      holds(got, { id, buyerProvidedEmail: buyerEmail });
    },
  );
  const buyerSms = '+12223334444';
  const verified = { sms: buyerSms, smsVerified: true };
  await green(
    'a telephone, verified',
    () => client.updateInvoice(id, { buyerSms, autoVerify: true }),
    (got) => holds(got, { id, buyerSms, buyerProvidedInfo: verified }),
  );
  await green(
    'confirmed',
    () => client.payInvoice(id, 'confirmed'),
    (got) => {
      isInvoice(got);
      holds(got, { id, status: 'confirmed' });
    },
  );
  await green(
    'complete',
    () => client.payInvoice(invoice.id, 'complete'),
    (got) => {
      isInvoice(got);
      holds(got, { ...sent, status: 'complete', transactionCurrency: 'BTC' });
      holds(got.amountPaid, got.paymentTotals.BTC);
      holds(got.displayAmountPaid, got.paymentDisplayTotals.BTC);
      holds(got.transactions[0], { amount: got.amountPaid, confirmations: 6 });
    },
  );
  await green(
    '',
    () => client.requestInvoiceWebhookToBeResent(invoice.id, invoice.token),
    async (done) => {
      holds(done, true);
      const last = (await sandbox.control('deliveries')).at(-1);
      holds(last, { event: 'invoice_manuallyNotified', url: HOOK });
    },
  );

  await green(
    'paid, which declines it',
    () => client.cancelInvoice(id),
    (got) => {
      holds(got, { id, status: 'declined', isCancelled: true });
    },
  );
  const unpaid = await client.createInvoice(order(3, 'USD', {}));
  await green(
    'unpaid, not forced',
    () => client.cancelInvoice(unpaid.id, false),
    (got) => {
      holds(got, { id: unpaid.id, status: 'expired', isCancelled: true });
    },
  );
  const other = await client.createInvoice(order(4, 'USD'));
  await green(
    '',
    () => client.cancelInvoiceByGuid(other.guid),
    (got) => {
      holds(got, { id: other.id, status: 'expired', isCancelled: true });
    },
  );
  await refused('complete', 'BitPayApiException: Invalid invoice state for cancel', () =>
    client.cancelInvoice(invoice.id),
  );
  return { invoice, sent };
}
