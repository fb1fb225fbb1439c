//! Both BitPay clients against the sandbox, faults included
