//! Where a BitPay key and its tokens rest
