// Every call of the official Node SDK against a sandbox. Each line is a call, what it must return, and
// what is known to be broken in the SDK itself.
import sdk from 'bitpay-sdk';

import { bills } from './bills.mjs';
import { books } from './books.mjs';
import { clients } from './clients.mjs';
import { invoices } from './invoices.mjs';
import { payouts } from './payouts.mjs';
import { publicData, publicOddities } from './public-data.mjs';
import { refunds } from './refunds.mjs';
import { announce, missing } from './report.mjs';
import { startSandbox } from './sandbox.mjs';

announce();
const sandbox = await startSandbox();
const parties = { sandbox, ...(await clients(sandbox)) };
const rates = await publicData(parties.client, 'before any signature');
await publicOddities(parties.client);
const sold = await invoices(parties, rates);
await refunds(parties, sold.invoice);
await bills(parties);
await publicData(parties.client, 'with the signature of another call');
const last = await books(parties, sold);
await payouts(parties, last);
missing(sdk.Client);
sandbox.stop();
