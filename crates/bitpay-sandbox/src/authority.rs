//! Who calls, and may they: in BitPay's order.

use bitpay_core::operation::{Operation, TokenPlace};
use bitpay_core::server::Received;
use bitpay_core::signature::{Digest, Signature};
use bitpay_core::{Facade, PublicKey, Sin};
use bytes::Bytes;
use http::Request;

use crate::Engine;
use crate::caller::{Caller, Role};
use crate::index::Owner;
use crate::reply::Refusal;

impl Engine {
    /// In BitPay's order: the signature, the token, the facade, and then who may use the token.
    pub(crate) fn authorise(
        &self,
        operation: &Operation,
        received: &Received,
        request: &Request<Bytes>,
    ) -> Result<Caller, Refusal> {
        // Official SDKs repeat the signature of an earlier call on calls that need none.
        if operation.is_public() {
            return Ok(Caller::ANYBODY);
        }
        let sin = self.signer(request)?;
        let no_token = Caller {
            role: match sin {
                Some(_) => Role::User,
                None => Role::Facade(Facade::Public),
            },
            sin,
            token: None,
        };
        if operation.identity {
            return match no_token.role {
                Role::User => Ok(no_token),
                Role::Facade(_) => Err(Refusal::wrong_facade("public")),
            };
        }
        let Some(text) = received.token_of(operation) else {
            return Err(Refusal::wrong_facade(no_token.facade()));
        };
        let sin = no_token.sin;
        let Some(owner) = self.index.by_token.get(&text) else {
            return Err(Refusal::invalid_token());
        };
        let (maker, resource) = self.maker_of(owner, sin.as_ref());
        let token = maker
            .and_then(|maker| self.tokens.get(maker))
            .filter(|token| !token.is_revoked())
            .ok_or_else(Refusal::invalid_token)?;
        let facade = token.facade;
        let of_resource = matches!(
            operation.token,
            TokenPlace::ResourceBody | TokenPlace::ResourceQuery
        );
        let fits = match resource {
            // Official SDKs send the facade's token in place of the resource's on these.
            None => {
                let tolerant = ["resend_refund_notification", "update_bill"];
                operation.facades.contains(&facade)
                    && (!of_resource || tolerant.contains(&operation.name))
            }
            // What an open pos token made may be read by anybody, and be changed by who signs.
            Some(_) if sin.is_none() && !operation.facades.contains(&facade) => false,
            Some("invoice") if operation.name == "list_refunds" => true,
            Some(resource) => {
                let reads = ["get_invoice", "get_bill", "get_subscription"];
                operation.path.starts_with(resource)
                    && (of_resource || reads.contains(&operation.name))
            }
        };
        if !fits {
            return Err(Refusal::wrong_facade(&match resource {
                None => facade.to_string(),
                Some(resource) => format!("{facade}/{resource}"),
            }));
        }
        if !token.allows(sin.as_ref()) {
            return Err(Refusal::unauthorized_sin());
        }
        if !self
            .id_of(owner)
            .is_none_or(|id| is_about(id, received, request))
        {
            return Err(Refusal::invalid_token());
        }
        Ok(Caller {
            role: Role::Facade(facade),
            sin,
            token: Some(token.text.clone()),
        })
    }

    /// The facade's token that made it, and what resource it is, if it is one.
    fn maker_of(
        &self,
        owner: &Owner,
        signer: Option<&Sin>,
    ) -> (Option<usize>, Option<&'static str>) {
        let of_invoice = |index: &usize| self.invoices.get(*index).map(|record| record.maker);
        match owner {
            Owner::Facade(index) => (Some(*index), None),
            Owner::Invoice(index) => (of_invoice(index), Some("invoice")),
            Owner::Events(index) => (of_invoice(index), Some("events")),
            Owner::Refund(index) => {
                let record = self.refunds.get(*index);
                (record.map(|record| record.maker), Some("refund"))
            }
            Owner::Bill(index) => {
                let record = self.bills.get(*index);
                (record.map(|record| record.maker), Some("bill"))
            }
            Owner::Subscription(index) => {
                let record = self.subscriptions.get(*index);
                (record.map(|record| record.maker), Some("subscription"))
            }
            // Nobody made it: it is of every merchant token.
            Owner::Settlement => {
                let mut merchants = self
                    .tokens
                    .iter()
                    .enumerate()
                    .filter(|(_, token)| token.facade == Facade::Merchant);
                let first = merchants.clone().next();
                let own = merchants.find(|(_, token)| token.allows(signer));
                (own.or(first).map(|(index, _)| index), Some("settlement"))
            }
        }
    }

    /// The resource that its own token is of: it opens no other.
    fn id_of(&self, owner: &Owner) -> Option<&str> {
        match owner {
            Owner::Invoice(index) => self.invoices.get(*index).map(|it| it.invoice.id.as_str()),
            Owner::Refund(index) => self.refunds.get(*index).map(|it| it.refund.id.as_str()),
            Owner::Bill(index) => self.bills.get(*index).map(|it| it.bill.id.as_str()),
            Owner::Subscription(index) => {
                let record = self.subscriptions.get(*index);
                record.map(|it| it.subscription.id.as_str())
            }
            // The stream and the report look at the token themselves.
            Owner::Facade(_) | Owner::Events(_) | Owner::Settlement => None,
        }
    }

    /// The key that signed, if any did. One of the two headers alone is no signature.
    fn signer(&self, request: &Request<Bytes>) -> Result<Option<Sin>, Refusal> {
        let header = |name: &str| request.headers().get(name);
        let (Some(identity), Some(signature)) = (header("x-identity"), header("x-signature"))
        else {
            return Ok(None);
        };
        let key = identity
            .to_str()
            .ok()
            .and_then(|text| PublicKey::from_hex(text.trim()).ok())
            .ok_or_else(Refusal::bad_public_key)?;
        let signature = signature
            .to_str()
            .ok()
            .and_then(|text| Signature::from_hex(text.trim()).ok())
            .ok_or_else(Refusal::invalid_signature)?;
        let (base, target) = (self.base.as_bytes(), self.target(request).as_bytes());
        let digest = Digest::of(&[base, target, request.body()]);
        if key.verify(&digest, &signature) {
            Ok(Some(key.sin()))
        } else {
            Err(Refusal::invalid_signature())
        }
    }
}

/// Is the request about the resource of this id: in its path, or as the invoice whose refunds are listed?
fn is_about(id: &str, received: &Received, request: &Request<Bytes>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let listed = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "invoiceId")
        .is_some_and(|(_, value)| value == id);
    listed
        || received
            .segments
            .get(1)
            .is_some_and(|segment| segment == id)
}
