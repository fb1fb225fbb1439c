// Ledgers and settlements.
import { BUYER, day } from './invoices.mjs';
import { green, holds, refused, typed } from './report.mjs';

const isSettlement = (got) => typed(got, 'Settlement/Settlement', 'settlementInterfaceSchema');

export async function books({ sandbox, client }, { invoice, sent }) {
  await green(
    '',
    () => client.getLedgers(),
    (ledgers) => {
      for (const ledger of ledgers) typed(ledger, 'Ledger/Ledger', 'ledgerInterfaceSchema');
      holds(ledgers, [{ currency: 'USD' }]);
    },
  );
  const days = [new Date(day(-1)), new Date(day(1))];
  await green(
    '',
    () => client.getLedgerEntries('USD', ...days),
    (entries) => {
      for (const entry of entries) typed(entry, 'Ledger/LedgerEntry', 'ledgerEntryInterfaceSchema');
      // The invoice and its fee; the immediate refund and its fee.
      holds(
        entries.map(({ code }) => code),
        [1000, 1023, 1050, 1039],
      );
      const [first] = entries;
      holds(first, { type: 'Invoice', amount: sent.price * first.scale, invoiceId: invoice.id });
      holds(first, {
        invoiceAmount: sent.price,
        invoiceCurrency: 'USD',
        transactionCurrency: 'BTC',
      });
      holds(first.buyerFields, {
        buyerName: BUYER.name,
        buyerCity: BUYER.locality,
        buyerNotify: true,
      });
    },
  );
  await refused('without days', 'Missing required parameter startDate.', () =>
    client.getLedgerEntries('USD', null, null),
  );

  const { now } = await sandbox.control('advance', { seconds: 2 * 86_400 });
  const last = day(1, Date.parse(now));
  const wanted = { startDate: day(-1), endDate: last, currency: 'USD', limit: 10, offset: 0 };
  const [{ id, token }] = await green(
    'by days and currency, with an empty status',
    () => client.getSettlements({ ...wanted, status: undefined }),
    (list) => {
      list.forEach(isSettlement);
      holds(list, [{ currency: 'USD', openingBalance: 0 }]);
    },
  );
  await green(
    'by the names that its comments give',
    () => client.getSettlements({ dateStart: day(-1), dateEnd: last }),
    (list) => holds(list, [{ id }]),
  );
  await green(
    'all',
    () => client.getSettlements(),
    (list) => holds(list, [{ id }]),
  );
  await green(
    '',
    () => client.getSettlement(id),
    (got) => {
      isSettlement(got);
      const total = got.openingBalance + got.ledgerEntriesSum - got.withholdingsSum;
      holds(got, { id, currency: 'USD', totalAmount: Number(total.toFixed(2)) });
    },
  );
  await green(
    '',
    () => client.getSettlementReconciliationReport(id, token),
    (got) => {
      isSettlement(got);
      const sum = got.ledgerEntries.reduce((sum, { amount }) => sum + amount, 0);
      holds(got, { id, ledgerEntriesSum: Number(sum.toFixed(2)) });
      const data = { orderId: sent.orderId, price: sent.price, transactionCurrency: 'BTC' };
      holds(got.ledgerEntries[0], { code: 1000, invoiceId: invoice.id, invoiceData: data });
    },
  );
  return last;
}
