// The setup tool knows BitPay's own address only, and waits for seconds between its questions.
const { fetch, setTimeout } = globalThis;
globalThis.fetch = (url, options) =>
  fetch(url.replace('https://test.bitpay.com', process.env.SANDBOX_URL), options);
globalThis.setTimeout = (act, pause, ...args) => setTimeout(act, pause / 20, ...args);
