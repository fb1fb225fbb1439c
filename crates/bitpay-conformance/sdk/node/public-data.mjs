// What needs no token: rates, currencies, wallets.
import assert from 'node:assert/strict';

import { fails, green, holds, typed, wrong } from './report.mjs';

/** The SDK sends the headers of the last signed call along, so these are called before and after one. */
export async function publicData(client, how) {
  const rates = await green(
    how,
    () => client.getRates('BTC'),
    (got) => {
      for (const rate of got.getRates()) typed(rate, 'Rates/Rate', 'rateInterfaceSchema');
      holds(got.getRates()[0], { code: 'BTC', rate: 1 });
      assert.ok(got.getRate('USD') > 1000);
    },
  );
  await green(
    how,
    () => client.getRates(null),
    (got) => holds(got.getRates(), rates.getRates()),
  );
  await green(
    how,
    () => client.getRate('BTC', 'USD'),
    (rate) => {
      holds(rate, { code: 'USD', name: 'US Dollar', rate: rates.getRate('USD') });
    },
  );
  await green(
    how,
    () => client.getCurrencyInfo('BTC'),
    (currency) => {
      typed(currency, 'Currency/Currency', 'currencyInterfaceSchema');
      holds(currency, { code: 'BTC', name: 'Bitcoin', precision: 6, decimals: 8 });
      holds(currency, { minimum: 0.000006, sanctioned: false, chain: 'BTC' });
    },
  );
  await green(
    how,
    () => client.getSupportedWallets(),
    (wallets) => {
      for (const wallet of wallets) typed(wallet, 'Wallet/Wallet', 'walletInterfaceSchema');
      holds(wallets[0], { key: 'bitpay', displayName: 'BitPay', payPro: true });
    },
  );
  return rates;
}

export async function publicOddities(client) {
  await fails(
    'without a currency',
    'it asks for //BTC, where there is nothing',
    'BitPayApiException: Object not found',
    () => client.getRate('BTC'),
  );
  await wrong(
    'of a code that there is not',
    'it gives the last currency of the list',
    () => client.getCurrencyInfo('NONE'),
    (currency) => assert.notEqual(currency.code, 'NONE'),
  );
}
