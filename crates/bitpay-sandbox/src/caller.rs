//! Who calls.

use bitpay_core::{Facade, Sin};

/// Who calls, as BitPay sees it.
pub(crate) struct Caller {
    pub(crate) role: Role,
    /// The key that signed.
    pub(crate) sin: Option<Sin>,
    /// The facade's token; with it, webhooks of what is made are signed.
    pub(crate) token: Option<String>,
}

impl Caller {
    pub(crate) const ANYBODY: Self = Self {
        role: Role::Facade(Facade::Public),
        sin: None,
        token: None,
    };

    /// The facade, as answers name it.
    pub(crate) fn facade(&self) -> &'static str {
        match self.role {
            Role::User => "user",
            Role::Facade(facade) => facade.as_str(),
        }
    }
}

/// As what somebody calls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A key without a token.
    User,
    /// With a token of this facade, or with nothing at all.
    Facade(Facade),
}
