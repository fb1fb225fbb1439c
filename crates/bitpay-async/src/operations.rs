// Made by `cargo xtask codegen` from crates/bitpay-core/operations.toml. Do not edit.

//! The calls of the API, from the table.

use bitpay_core as core;
use bitpay_core::{
    Allows, Answer, BillId, Credential, Currency, Error, Guid, InvoiceId, PayoutGroupId, PayoutId,
    RecipientId, RefundId, SettlementId, Sin, SubscriptionId,
};

use crate::Client;

/// # Pairing and tokens
///
/// How a program comes to a token, and which keys may use it.
impl<C: Credential> Client<C> {
    /// Asks for a token; the merchant approves its pairing code in a browser within 24 hours.
    ///
    /// - Request: `POST /tokens`
    /// - Facades: none is needed
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated with the same guid
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened, and [`Error::replay`] holds what existed before under the same guid. Nothing is sent when the request's own [check](core::pairing::RequestPairing::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::PairingRefused`](core::error::ApiErrorKind::PairingRefused)
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// use bitpay_async::Facade;
    /// use bitpay_async::pairing::RequestPairing;
    ///
    /// let (sin, guid) = (identity.sin().clone(), bitpay_async::new_guid()?);
    /// let request = RequestPairing::new(sin, Facade::Pos, guid).label("web-shop");
    /// let pairing = client.request_pairing(&request).await?;
    /// println!("approve at {:?}", pairing.approval_url(client.environment()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/create-api-token>
    pub async fn request_pairing(
        &self,
        request: &core::pairing::RequestPairing,
    ) -> Result<Answer<core::pairing::Pairing>, Error> {
        self.call(request).await
    }

    /// Claims a pairing code that the merchant made in the dashboard; the token is usable at once.
    ///
    /// - Request: `POST /tokens`
    /// - Facades: none is needed
    /// - Signed: never
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::pairing::ClaimPairing::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::PairingRefused`](core::error::ApiErrorKind::PairingRefused)
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let code = sandbox.make_code(bitpay_async::Facade::Pos, "till");
    /// use bitpay_async::pairing::ClaimPairing;
    /// use bitpay_async::{Grant, Pos};
    ///
    /// // `code` is what the dashboard shows, parsed.
    /// let claim = ClaimPairing::new(identity.sin().clone(), code);
    /// let grant: Grant<Pos> = client.claim_pairing(&claim).await?.grant(&identity)?;
    /// let pos = client.with(grant);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/get-token>
    pub async fn claim_pairing(
        &self,
        request: &core::pairing::ClaimPairing,
    ) -> Result<Answer<core::pairing::Pairing>, Error> {
        self.call(request).await
    }

    /// Makes a token of another facade, with a pairing code that another program can claim.
    ///
    /// - Request: `POST /tokens`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated with the same guid
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::pairing::MintToken::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::PairingRefused`](core::error::ApiErrorKind::PairingRefused)
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// use bitpay_async::Facade;
    /// use bitpay_async::pairing::MintToken;
    ///
    /// let (sin, guid) = (identity.sin().clone(), bitpay_async::new_guid()?);
    /// let mint = MintToken::new(sin, Facade::Pos, guid).label("till 2");
    /// let minted = merchant.mint_token(&mint).await?;
    /// let code = minted.code.as_ref().ok_or("no code came")?;
    /// println!("the other program claims {code}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/create-api-token>
    pub async fn mint_token(
        &self,
        request: &core::pairing::MintToken,
    ) -> Result<Answer<core::pairing::Pairing>, Error>
    where
        core::pairing::MintToken: Allows<C>,
    {
        self.call(request).await
    }

    /// Lists the tokens that the merchant has approved for the key.
    ///
    /// - Request: `GET /tokens`
    /// - Facades: none, but a [key](core::Identity)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind).
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// let tokens = client.with(identity).list_tokens().await?;
    /// for token in tokens.iter() {
    ///     println!("there is a token of {}", token.facade_name);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-approved-api-tokens>
    pub async fn list_tokens(&self) -> Result<Answer<Vec<core::pairing::ApprovedToken>>, Error>
    where
        core::pairing::ListTokens: Allows<C>,
    {
        self.call(&core::pairing::ListTokens::new()).await
    }

    /// Lists the keys that may use the token of the call.
    ///
    /// - Request: `GET /tokens/{token}/sins`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind).
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// let keys = merchant.list_token_sins().await?;
    /// for key in keys.iter() {
    ///     println!("{} may use the token", key.sin);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/tokens>
    pub async fn list_token_sins(
        &self,
    ) -> Result<Answer<Vec<core::model::token_sin::LinkedSin>>, Error>
    where
        core::model::token_sin::ListTokenSins: Allows<C>,
    {
        self.call(&core::model::token_sin::ListTokenSins::new())
            .await
    }

    /// Lets another key use the token of the call.
    ///
    /// - Request: `POST /tokens/{token}/sins`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`list_token_sins`](Self::list_token_sins) and told with the error, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// use bitpay_async::Identity;
    ///
    /// let new = Identity::new(bitpay_async::generate_key()?);
    /// merchant.link_token_sin(new.sin()).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/link-a-new-sin-to-an-approved-token>
    pub async fn link_token_sin(
        &self,
        sin: &Sin,
    ) -> Result<Answer<core::model::token_sin::SinChange>, Error>
    where
        core::model::token_sin::LinkTokenSin: Allows<C>,
    {
        self.call(&core::model::token_sin::LinkTokenSin::new(sin.clone()))
            .await
    }

    /// Takes the use of the token of the call from another key.
    ///
    /// - Request: `DELETE /tokens/{token}/sins/{sin}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`list_token_sins`](Self::list_token_sins) and told with the error, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let new = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # merchant.link_token_sin(new.sin()).await?;
    /// use bitpay_async::Grant;
    ///
    /// // With the new key and the same token: no key removes itself.
    /// let token = merchant.credential().token().clone();
    /// let merchant = client.with(Grant::new(token, new));
    /// merchant.remove_token_sin(identity.sin()).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/remove-an-sin-to-an-approved-token>
    pub async fn remove_token_sin(
        &self,
        sin: &Sin,
    ) -> Result<Answer<core::model::token_sin::SinChange>, Error>
    where
        core::model::token_sin::RemoveTokenSin: Allows<C>,
    {
        self.call(&core::model::token_sin::RemoveTokenSin::new(sin.clone()))
            .await
    }
}

/// # Invoices
///
/// What a buyer is asked to pay.
impl<C: Credential> Client<C> {
    /// Makes an invoice: something that a buyer can pay within 15 minutes.
    ///
    /// - Request: `POST /invoices`
    /// - Facades: [pos](core::Pos), [merchant](core::Merchant)
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: looked up by [`get_invoice_by_guid`](Self::get_invoice_by_guid); repeated with the same guid when it is not found
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened, and [`Error::replay`] holds what existed before under the same guid. Nothing is sent when the request's own [check](core::model::invoice::CreateInvoice::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::AccountIncomplete`](core::error::ApiErrorKind::AccountIncomplete)
    /// - [`ApiErrorKind::AccountLimit`](core::error::ApiErrorKind::AccountLimit)
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams), `010102`: A parameter of the invoice has a value that BitPay does not take.
    /// - [`ErrorCodeKind::PriceBelowMinimum`](core::error::ErrorCodeKind::PriceBelowMinimum), `010110`: The price is too small. The list of currencies has the smallest one of each.
    /// - [`ErrorCodeKind::PriceAboveMaximum`](core::error::ErrorCodeKind::PriceAboveMaximum), `010111`: The price is above what the account may ask for.
    /// - [`ApiErrorKind::AccountIncomplete`](core::error::ApiErrorKind::AccountIncomplete), `010118`: The merchant's account is not set up completely.
    /// - [`ErrorCodeKind::GeneralInvoice`](core::error::ErrorCodeKind::GeneralInvoice), `010100`: The server failed on an invoice, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// use bitpay_async::model::invoice::CreateInvoice;
    /// use bitpay_async::{Amount, Currency};
    ///
    /// let price: Amount = "19.90".parse()?;
    /// let order = CreateInvoice::for_order("order-17", price, Currency::USD);
    /// let invoice = pos.create_invoice(&order).await?;
    /// println!("pay at {}", invoice.url.as_deref().unwrap_or_default());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/create-an-invoice>
    pub async fn create_invoice(
        &self,
        request: &core::model::invoice::CreateInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::CreateInvoice: Allows<C>,
    {
        self.call(request).await
    }

    /// Fetches an invoice by its id.
    ///
    /// - Request: `GET /invoices/{id}`
    /// - Facades: [pos](core::Pos), [merchant](core::Merchant)
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `020101`: There is no such invoice, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// let invoice = pos.get_invoice(&invoice.id).await?;
    /// println!("{} is {}", invoice.id, invoice.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-an-invoice>
    pub async fn get_invoice(
        &self,
        id: &InvoiceId,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::GetInvoice: Allows<C>,
    {
        self.call(&core::model::invoice::GetInvoice::new(id.clone()))
            .await
    }

    /// Fetches an invoice by the guid that it was created with.
    ///
    /// - Request: `GET /invoices/guid/{guid}`
    /// - Facades: [pos](core::Pos), [merchant](core::Merchant)
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `020101`: There is no such invoice, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// use bitpay_async::Guid;
    ///
    /// let invoice = pos.get_invoice_by_guid(&Guid::for_order("order-17")).await?;
    /// assert_eq!(invoice.order_id.as_deref(), Some("order-17"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-an-invoice-by-guid>
    pub async fn get_invoice_by_guid(
        &self,
        guid: &Guid,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::GetInvoiceByGuid: Allows<C>,
    {
        self.call(&core::model::invoice::GetInvoiceByGuid::new(guid.clone()))
            .await
    }

    /// Fetches what anyone may see of an invoice, without a token.
    ///
    /// - Request: `GET /invoices/{id}`
    /// - Facades: none is needed
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `020101`: There is no such invoice, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// let invoice = client.get_public_invoice(&invoice.id).await?;
    /// println!("{} {} is {}", invoice.price, invoice.currency, invoice.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-an-invoice>
    pub async fn get_public_invoice(
        &self,
        id: &InvoiceId,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error> {
        self.call(&core::model::invoice::GetPublicInvoice::new(id.clone()))
            .await
    }

    /// Lists the invoices made within a span of days.
    ///
    /// - Request: `GET /invoices`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::invoice::ListInvoices::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams), `020102`: A parameter of the invoice has a value that BitPay does not take.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// use bitpay_async::model::invoice::{InvoiceStatus, ListInvoices};
    /// use bitpay_async::time::Date;
    ///
    /// let may = ListInvoices::new(Date::new(2026, 5, 1)?, Date::new(2026, 5, 31)?);
    /// let invoices = merchant.list_invoices(&may.status(InvoiceStatus::Complete)).await?;
    /// println!("{} invoices are complete", invoices.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-invoices-filtered-by-query>
    pub async fn list_invoices(
        &self,
        request: &core::model::invoice::ListInvoices,
    ) -> Result<Answer<Vec<core::model::invoice::Invoice>>, Error>
    where
        core::model::invoice::ListInvoices: Allows<C>,
    {
        self.call(request).await
    }

    /// Adds the buyer's email or phone number to an invoice.
    ///
    /// - Request: `PUT /invoices/{id}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_invoice`](Self::get_invoice) and told with the error, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::invoice::UpdateInvoice::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `030101`: There is no such invoice, or it is another merchant's or of another environment.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams), `030102`: A parameter of the invoice has a value that BitPay does not take.
    /// - [`ErrorCodeKind::InvalidSms`](core::error::ErrorCodeKind::InvalidSms), `030112`: The telephone number cannot receive text messages.
    /// - [`ErrorCodeKind::SmsVerificationFailed`](core::error::ErrorCodeKind::SmsVerificationFailed), `030113`: The code that was sent to the telephone number could not be checked.
    /// - [`ErrorCodeKind::ContactIsFixed`](core::error::ErrorCodeKind::ContactIsFixed), `030114`: The sum is so high that the buyer's contact cannot be changed any more.
    /// - [`ErrorCodeKind::EmailAlreadySet`](core::error::ErrorCodeKind::EmailAlreadySet), `030115`: The invoice has an email address, which cannot be changed.
    /// - [`ErrorCodeKind::DemoOnly`](core::error::ErrorCodeKind::DemoOnly), `030116`: This works with imaginary coins only: in the test environment and the sandbox.
    /// - [`ErrorCodeKind::GeneralInvoice`](core::error::ErrorCodeKind::GeneralInvoice), `030100`: The server failed on an invoice, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// use bitpay_async::model::invoice::UpdateInvoice;
    ///
    /// let email = UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// merchant.update_invoice(&email).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/update-an-invoice>
    pub async fn update_invoice(
        &self,
        request: &core::model::invoice::UpdateInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::UpdateInvoice: Allows<C>,
    {
        self.call(request).await
    }

    /// Cancels an invoice that is not complete. One that is paid or confirmed is declined, and all of it refunded.
    ///
    /// - Request: `DELETE /invoices/{id}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_invoice`](Self::get_invoice) and told, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `040101`: There is no such invoice, or it is another merchant's or of another environment.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams), `040102`: A parameter of the invoice has a value that BitPay does not take.
    /// - [`ErrorCodeKind::InvoiceStateForCancel`](core::error::ErrorCodeKind::InvoiceStateForCancel), `040107`: The invoice stands where it cannot be cancelled: it is complete, expired or cancelled already. Fetch it and see.
    /// - [`ErrorCodeKind::MissingContact`](core::error::ErrorCodeKind::MissingContact), `040108`: BitPay needs a way to reach the buyer: give the invoice the buyer's email first, or cancel by force.
    /// - [`ErrorCodeKind::GeneralInvoice`](core::error::ErrorCodeKind::GeneralInvoice), `040100`: The server failed on an invoice, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// use bitpay_async::model::invoice::CancelInvoice;
    ///
    /// let cancel = CancelInvoice::new(invoice.id.clone());
    /// let invoice = merchant.cancel_invoice(&cancel).await?;
    /// assert_eq!(invoice.is_cancelled, Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-an-invoice>
    pub async fn cancel_invoice(
        &self,
        request: &core::model::invoice::CancelInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::CancelInvoice: Allows<C>,
    {
        self.call(request).await
    }

    /// Cancels, by its guid, an invoice that is not complete. One that is paid or confirmed is declined, and all of it refunded.
    ///
    /// - Request: `DELETE /invoices/guid/{guid}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_invoice_by_guid`](Self::get_invoice_by_guid) and told, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `040101`: There is no such invoice, or it is another merchant's or of another environment.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams), `040102`: A parameter of the invoice has a value that BitPay does not take.
    /// - [`ErrorCodeKind::InvoiceStateForCancel`](core::error::ErrorCodeKind::InvoiceStateForCancel), `040107`: The invoice stands where it cannot be cancelled: it is complete, expired or cancelled already. Fetch it and see.
    /// - [`ErrorCodeKind::MissingContact`](core::error::ErrorCodeKind::MissingContact), `040108`: BitPay needs a way to reach the buyer: give the invoice the buyer's email first, or cancel by force.
    /// - [`ErrorCodeKind::GeneralInvoice`](core::error::ErrorCodeKind::GeneralInvoice), `040100`: The server failed on an invoice, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// use bitpay_async::Guid;
    /// use bitpay_async::model::invoice::CancelInvoiceByGuid;
    ///
    /// let cancel = CancelInvoiceByGuid::new(Guid::for_order("order-17"));
    /// let invoice = merchant.cancel_invoice_by_guid(&cancel).await?;
    /// assert_eq!(invoice.is_cancelled, Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-an-invoice-by-guid>
    pub async fn cancel_invoice_by_guid(
        &self,
        request: &core::model::invoice::CancelInvoiceByGuid,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::CancelInvoiceByGuid: Allows<C>,
    {
        self.call(request).await
    }

    /// Pays an invoice with imaginary coins: in the test environment and the sandbox only.
    ///
    /// - Request: `PUT /invoices/pay/{id}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_invoice`](Self::get_invoice) and told with the error, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::invoice::PayInvoice::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `030101`: There is no such invoice, or it is another merchant's or of another environment.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams), `030102`: A parameter of the invoice has a value that BitPay does not take.
    /// - [`ErrorCodeKind::DemoOnly`](core::error::ErrorCodeKind::DemoOnly), `030116`: This works with imaginary coins only: in the test environment and the sandbox.
    /// - [`ErrorCodeKind::InvoiceState`](core::error::ErrorCodeKind::InvoiceState), `030117`: The invoice stands where this cannot be done. Fetch it and see.
    /// - [`ErrorCodeKind::MockTransactionFailed`](core::error::ErrorCodeKind::MockTransactionFailed), `030119`: The imaginary payment could not be applied to the invoice.
    /// - [`ErrorCodeKind::GeneralInvoice`](core::error::ErrorCodeKind::GeneralInvoice), `030100`: The server failed on an invoice, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// use bitpay_async::model::invoice::{InvoiceStatus, PayInvoice};
    ///
    /// let pay = PayInvoice::new(invoice.id.clone()).status(InvoiceStatus::Complete);
    /// let invoice = merchant.pay_invoice(&pay).await?;
    /// assert_eq!(invoice.status, InvoiceStatus::Complete);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/pay-an-invoice>
    pub async fn pay_invoice(
        &self,
        request: &core::model::invoice::PayInvoice,
    ) -> Result<Answer<core::model::invoice::Invoice>, Error>
    where
        core::model::invoice::PayInvoice: Allows<C>,
    {
        self.call(request).await
    }

    /// Sends the invoice's webhook again.
    ///
    /// - Request: `POST /invoices/{id}/notifications`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `010101`: There is no such invoice, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::GeneralInvoice`](core::error::ErrorCodeKind::GeneralInvoice), `010100`: The server failed on an invoice, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// use bitpay_async::model::invoice::ResendInvoiceWebhook;
    ///
    /// let token = invoice.token.clone().ok_or("it came without its token")?;
    /// let resend = ResendInvoiceWebhook::new(invoice.id.clone(), token);
    /// merchant.resend_invoice_webhook(&resend).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/request-an-invoice-webhook-to-be-resent>
    pub async fn resend_invoice_webhook(
        &self,
        request: &core::model::invoice::ResendInvoiceWebhook,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::invoice::ResendInvoiceWebhook: Allows<C>,
    {
        self.call(request).await
    }

    /// Fetches what opens the stream of an invoice's events.
    ///
    /// - Request: `GET /invoices/{id}/events`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `020101`: There is no such invoice, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// let events = merchant.get_invoice_event_token(&invoice.id).await?;
    /// println!("the stream is at {}", events.url);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-an-event-token>
    pub async fn get_invoice_event_token(
        &self,
        id: &InvoiceId,
    ) -> Result<Answer<core::model::invoice::InvoiceEventToken>, Error>
    where
        core::model::invoice::GetInvoiceEventToken: Allows<C>,
    {
        self.call(&core::model::invoice::GetInvoiceEventToken::new(id.clone()))
            .await
    }
}

/// # Refunds
///
/// What a buyer gets back.
impl<C: Credential> Client<C> {
    /// Refunds a complete invoice, in part or in whole; the buyer accepts by a link in an email.
    ///
    /// - Request: `POST /refunds`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: looked up by [`get_refund_by_guid`](Self::get_refund_by_guid), never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened, and [`Error::replay`] holds what existed before under the same guid. Nothing is sent when the request's own [check](core::model::refund::CreateRefund::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `010101`: There is no such invoice, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::MissingContact`](core::error::ErrorCodeKind::MissingContact), `010108`: BitPay needs a way to reach the buyer: give the invoice the buyer's email first, or cancel by force.
    /// - [`ErrorCodeKind::SmsNotVerified`](core::error::ErrorCodeKind::SmsNotVerified), `010109`: The buyer has not entered the code that was sent to the telephone number.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams), `010202`: A parameter of the refund has a value that BitPay does not take.
    /// - [`ErrorCodeKind::RefundIsActive`](core::error::ErrorCodeKind::RefundIsActive), `010204`: The invoice has a refund that is not over. List the invoice's refunds, and cancel that one or wait.
    /// - [`ErrorCodeKind::InvoiceStateForRefund`](core::error::ErrorCodeKind::InvoiceStateForRefund), `010207`: The invoice stands where it cannot be refunded: nothing was paid, or not for long enough. Refund a complete one.
    /// - [`ErrorCodeKind::FeesExceedRefund`](core::error::ErrorCodeKind::FeesExceedRefund), `010208`: Nothing would be left of the refund: refund more, or bear its fee.
    /// - [`ErrorCodeKind::GeneralRefund`](core::error::ErrorCodeKind::GeneralRefund), `010200`: The server failed on a refund, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// use bitpay_async::model::refund::CreateRefund;
    /// use bitpay_async::{Amount, Guid};
    ///
    /// // Made from the invoice, whose state and price are checked before anything is sent.
    /// let (guid, amount) = (Guid::derived("refund", "order-17"), "7.50".parse::<Amount>()?);
    /// let refund = CreateRefund::new(&invoice, guid, amount)?.reference("one cup");
    /// let refund = merchant.create_refund(&refund).await?;
    /// println!("{} is {}", refund.id, refund.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/create-a-refund-request>
    pub async fn create_refund(
        &self,
        request: &core::model::refund::CreateRefund,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::CreateRefund: Allows<C>,
    {
        self.call(request).await
    }

    /// Fetches a refund by its id.
    ///
    /// - Request: `GET /refunds/{id}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `020201`: There is no such refund, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// # let guid = bitpay_async::Guid::derived("refund", "order-17");
    /// # let refund = bitpay_async::model::refund::CreateRefund::full(&invoice, guid)?;
    /// # let refund = merchant.create_refund(&refund).await?;
    /// let refund = merchant.get_refund(&refund.id).await?;
    /// println!("{} is {}", refund.id, refund.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-refund-request>
    pub async fn get_refund(
        &self,
        id: &RefundId,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::GetRefund: Allows<C>,
    {
        self.call(&core::model::refund::GetRefund::new(id.clone()))
            .await
    }

    /// Fetches a refund by the guid that it was created with.
    ///
    /// - Request: `GET /refunds/guid/{guid}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `020201`: There is no such refund, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// # let guid = bitpay_async::Guid::derived("refund", "order-17");
    /// # let refund = bitpay_async::model::refund::CreateRefund::full(&invoice, guid)?;
    /// # let refund = merchant.create_refund(&refund).await?;
    /// use bitpay_async::Guid;
    ///
    /// let guid = Guid::derived("refund", "order-17");
    /// let refund = merchant.get_refund_by_guid(&guid).await?;
    /// println!("{} is {}", refund.id, refund.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-refund-by-guid-request>
    pub async fn get_refund_by_guid(
        &self,
        guid: &Guid,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::GetRefundByGuid: Allows<C>,
    {
        self.call(&core::model::refund::GetRefundByGuid::new(guid.clone()))
            .await
    }

    /// Lists the refunds of an invoice.
    ///
    /// - Request: `GET /refunds`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `020101`: There is no such invoice, or it is another merchant's or of another environment.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams), `020202`: A parameter of the refund has a value that BitPay does not take.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// # let guid = bitpay_async::Guid::derived("refund", "order-17");
    /// # let refund = bitpay_async::model::refund::CreateRefund::full(&invoice, guid)?;
    /// # let refund = merchant.create_refund(&refund).await?;
    /// let refunds = merchant.list_refunds(&invoice.id).await?;
    /// for refund in refunds.iter() {
    ///     println!("{} is {}", refund.id, refund.status);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-refunds-of-an-invoice>
    pub async fn list_refunds(
        &self,
        invoice_id: &InvoiceId,
    ) -> Result<Answer<Vec<core::model::refund::Refund>>, Error>
    where
        core::model::refund::ListRefunds: Allows<C>,
    {
        self.call(&core::model::refund::ListRefunds::new(invoice_id.clone()))
            .await
    }

    /// Cancels a refund that is not under way yet: a preview, or one that is created and not immediate.
    ///
    /// - Request: `DELETE /refunds/{id}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_refund`](Self::get_refund) and told, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `040201`: There is no such refund, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::GeneralRefund`](core::error::ErrorCodeKind::GeneralRefund), `040200`: The server failed on a refund, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// # let guid = bitpay_async::Guid::derived("refund", "order-17");
    /// # let refund = bitpay_async::model::refund::CreateRefund::full(&invoice, guid)?;
    /// # let refund = merchant.create_refund(&refund).await?;
    /// use bitpay_async::model::refund::RefundStatus;
    ///
    /// let refund = merchant.cancel_refund(&refund.id).await?;
    /// assert_eq!(refund.status, RefundStatus::Canceled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-a-refund-request>
    pub async fn cancel_refund(
        &self,
        id: &RefundId,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::CancelRefund: Allows<C>,
    {
        self.call(&core::model::refund::CancelRefund::new(id.clone()))
            .await
    }

    /// Confirms a refund that was a preview, or cancels it.
    ///
    /// - Request: `PUT /refunds/{id}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_refund`](Self::get_refund) and told with the error, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::refund::UpdateRefund::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `030201`: There is no such refund, or it is another merchant's or of another environment.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams), `030202`: A parameter of the refund has a value that BitPay does not take.
    /// - [`ErrorCodeKind::RefundIsActive`](core::error::ErrorCodeKind::RefundIsActive), `030204`: The invoice has a refund that is not over. List the invoice's refunds, and cancel that one or wait.
    /// - [`ErrorCodeKind::InvoiceStateForRefund`](core::error::ErrorCodeKind::InvoiceStateForRefund), `030207`: The invoice stands where it cannot be refunded: nothing was paid, or not for long enough. Refund a complete one.
    /// - [`ErrorCodeKind::FeesExceedRefund`](core::error::ErrorCodeKind::FeesExceedRefund), `030208`: Nothing would be left of the refund: refund more, or bear its fee.
    /// - [`ErrorCodeKind::GeneralRefund`](core::error::ErrorCodeKind::GeneralRefund), `030200`: The server failed on a refund, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// # let guid = bitpay_async::Guid::derived("refund", "order-17");
    /// # let refund = bitpay_async::model::refund::CreateRefund::full(&invoice, guid)?.preview(true);
    /// # let refund = merchant.create_refund(&refund).await?;
    /// use bitpay_async::model::refund::{RefundStatus, UpdateRefund};
    ///
    /// let confirm = UpdateRefund::confirm(refund.id.clone());
    /// let refund = merchant.update_refund(&confirm).await?;
    /// assert_eq!(refund.status, RefundStatus::Created);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/update-a-refund-request>
    pub async fn update_refund(
        &self,
        request: &core::model::refund::UpdateRefund,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::UpdateRefund: Allows<C>,
    {
        self.call(request).await
    }

    /// Confirms, by its guid, a refund that was a preview, or cancels it.
    ///
    /// - Request: `PUT /refunds/guid/{guid}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_refund_by_guid`](Self::get_refund_by_guid) and told with the error, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::refund::UpdateRefundByGuid::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `030201`: There is no such refund, or it is another merchant's or of another environment.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams), `030202`: A parameter of the refund has a value that BitPay does not take.
    /// - [`ErrorCodeKind::RefundIsActive`](core::error::ErrorCodeKind::RefundIsActive), `030204`: The invoice has a refund that is not over. List the invoice's refunds, and cancel that one or wait.
    /// - [`ErrorCodeKind::InvoiceStateForRefund`](core::error::ErrorCodeKind::InvoiceStateForRefund), `030207`: The invoice stands where it cannot be refunded: nothing was paid, or not for long enough. Refund a complete one.
    /// - [`ErrorCodeKind::FeesExceedRefund`](core::error::ErrorCodeKind::FeesExceedRefund), `030208`: Nothing would be left of the refund: refund more, or bear its fee.
    /// - [`ErrorCodeKind::GeneralRefund`](core::error::ErrorCodeKind::GeneralRefund), `030200`: The server failed on a refund, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// # let guid = bitpay_async::Guid::derived("refund", "order-17");
    /// # let refund = bitpay_async::model::refund::CreateRefund::full(&invoice, guid)?.preview(true);
    /// # let refund = merchant.create_refund(&refund).await?;
    /// use bitpay_async::Guid;
    /// use bitpay_async::model::refund::{RefundStatus, UpdateRefundByGuid};
    ///
    /// let confirm = UpdateRefundByGuid::confirm(Guid::derived("refund", "order-17"));
    /// let refund = merchant.update_refund_by_guid(&confirm).await?;
    /// assert_eq!(refund.status, RefundStatus::Created);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/update-a-refund-by-guid-request>
    pub async fn update_refund_by_guid(
        &self,
        request: &core::model::refund::UpdateRefundByGuid,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::UpdateRefundByGuid: Allows<C>,
    {
        self.call(request).await
    }

    /// Cancels, by its guid, a refund that is not under way yet.
    ///
    /// - Request: `DELETE /refunds/guid/{guid}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_refund_by_guid`](Self::get_refund_by_guid) and told, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `040201`: There is no such refund, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::GeneralRefund`](core::error::ErrorCodeKind::GeneralRefund), `040200`: The server failed on a refund, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// # let guid = bitpay_async::Guid::derived("refund", "order-17");
    /// # let refund = bitpay_async::model::refund::CreateRefund::full(&invoice, guid)?;
    /// # let refund = merchant.create_refund(&refund).await?;
    /// use bitpay_async::Guid;
    /// use bitpay_async::model::refund::RefundStatus;
    ///
    /// let guid = Guid::derived("refund", "order-17");
    /// let refund = merchant.cancel_refund_by_guid(&guid).await?;
    /// assert_eq!(refund.status, RefundStatus::Canceled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-a-refund-by-guid-request>
    pub async fn cancel_refund_by_guid(
        &self,
        guid: &Guid,
    ) -> Result<Answer<core::model::refund::Refund>, Error>
    where
        core::model::refund::CancelRefundByGuid: Allows<C>,
    {
        self.call(&core::model::refund::CancelRefundByGuid::new(guid.clone()))
            .await
    }

    /// Tells the buyer of a refund again, by email.
    ///
    /// - Request: `POST /refunds/{id}/notifications`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound), `010201`: There is no such refund, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::GeneralRefund`](core::error::ErrorCodeKind::GeneralRefund), `010200`: The server failed on a refund, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// # let guid = bitpay_async::Guid::derived("refund", "order-17");
    /// # let refund = bitpay_async::model::refund::CreateRefund::full(&invoice, guid)?;
    /// # let refund = merchant.create_refund(&refund).await?;
    /// use bitpay_async::model::refund::ResendRefundNotification;
    ///
    /// let token = refund.token.clone().ok_or("it came without its token")?;
    /// let resend = ResendRefundNotification::new(refund.id.clone(), token);
    /// merchant.resend_refund_notification(&resend).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/request-a-refund-notification-to-be-resent>
    pub async fn resend_refund_notification(
        &self,
        request: &core::model::refund::ResendRefundNotification,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::refund::ResendRefundNotification: Allows<C>,
    {
        self.call(request).await
    }
}

/// # Bills
///
/// Requests for payment that are sent by email.
impl<C: Credential> Client<C> {
    /// Makes a bill: a request for payment that is sent to somebody by email.
    ///
    /// - Request: `POST /bills`
    /// - Facades: [pos](core::Pos), [merchant](core::Merchant)
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::bill::CreateBill::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// use bitpay_async::Currency;
    /// use bitpay_async::model::bill::{BillItem, CreateBill};
    ///
    /// let items = vec![BillItem::new("Tea, a box", 4u32, 3)];
    /// let bill = CreateBill::new(Currency::EUR, "ada@example.com", items);
    /// let bill = pos.create_bill(&bill).await?;
    /// println!("pay at {}", bill.url.as_deref().unwrap_or_default());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/create-a-bill>
    pub async fn create_bill(
        &self,
        request: &core::model::bill::CreateBill,
    ) -> Result<Answer<core::model::bill::Bill>, Error>
    where
        core::model::bill::CreateBill: Allows<C>,
    {
        self.call(request).await
    }

    /// Fetches a bill by its id.
    ///
    /// - Request: `GET /bills/{id}`
    /// - Facades: [pos](core::Pos), [merchant](core::Merchant)
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let items = vec![bitpay_async::model::bill::BillItem::new("Tea", 4u32, 3)];
    /// # let bill = bitpay_async::model::bill::CreateBill::new(bitpay_async::Currency::EUR, "ada@example.com", items);
    /// # let bill = merchant.create_bill(&bill).await?;
    /// let bill = pos.get_bill(&bill.id).await?;
    /// println!("{} is {:?}", bill.id, bill.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-bill>
    pub async fn get_bill(&self, id: &BillId) -> Result<Answer<core::model::bill::Bill>, Error>
    where
        core::model::bill::GetBill: Allows<C>,
    {
        self.call(&core::model::bill::GetBill::new(id.clone()))
            .await
    }

    /// Lists the bills.
    ///
    /// - Request: `GET /bills`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let items = vec![bitpay_async::model::bill::BillItem::new("Tea", 4u32, 3)];
    /// # let bill = bitpay_async::model::bill::CreateBill::new(bitpay_async::Currency::EUR, "ada@example.com", items);
    /// # let bill = merchant.create_bill(&bill).await?;
    /// use bitpay_async::model::bill::{BillStatus, ListBills};
    ///
    /// let drafts = merchant.list_bills(&ListBills::new().status(BillStatus::Draft)).await?;
    /// assert_eq!(drafts.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-bills-by-status>
    pub async fn list_bills(
        &self,
        request: &core::model::bill::ListBills,
    ) -> Result<Answer<Vec<core::model::bill::Bill>>, Error>
    where
        core::model::bill::ListBills: Allows<C>,
    {
        self.call(request).await
    }

    /// Changes a bill.
    ///
    /// - Request: `PUT /bills/{id}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_bill`](Self::get_bill) and told with the error, never sent again
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::bill::UpdateBill::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let items = vec![bitpay_async::model::bill::BillItem::new("Tea", 4u32, 3)];
    /// # let bill = bitpay_async::model::bill::CreateBill::new(bitpay_async::Currency::EUR, "ada@example.com", items);
    /// # let bill = merchant.create_bill(&bill).await?;
    /// use bitpay_async::model::bill::{BillItem, UpdateBill};
    ///
    /// // From the bill as it was read, whose token and required fields it takes over.
    /// let items = vec![BillItem::new("Tea, a box", 4u32, 5)];
    /// let change = UpdateBill::of(&bill)?.items(items);
    /// let bill = merchant.update_bill(&change).await?;
    /// assert_eq!(bill.items.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/update-a-bill>
    pub async fn update_bill(
        &self,
        request: &core::model::bill::UpdateBill,
    ) -> Result<Answer<core::model::bill::Bill>, Error>
    where
        core::model::bill::UpdateBill: Allows<C>,
    {
        self.call(request).await
    }

    /// Sends a bill to its recipient by email.
    ///
    /// - Request: `POST /bills/{id}/deliveries`
    /// - Facades: [pos](core::Pos), [merchant](core::Merchant)
    /// - Signed: when the credential has a key
    /// - When the outcome of a try is unknown: never repeated
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let items = vec![bitpay_async::model::bill::BillItem::new("Tea", 4u32, 3)];
    /// # let bill = bitpay_async::model::bill::CreateBill::new(bitpay_async::Currency::EUR, "ada@example.com", items);
    /// # let bill = merchant.create_bill(&bill).await?;
    /// use bitpay_async::model::bill::DeliverBill;
    ///
    /// let token = bill.token.clone().ok_or("it came without its token")?;
    /// merchant.deliver_bill(&DeliverBill::new(bill.id.clone(), token)).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/deliver-a-bill-via-email>
    pub async fn deliver_bill(
        &self,
        request: &core::model::bill::DeliverBill,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::bill::DeliverBill: Allows<C>,
    {
        self.call(request).await
    }
}

/// # Ledgers
///
/// The merchant's accounts with BitPay.
impl<C: Credential> Client<C> {
    /// Fetches what each ledger holds.
    ///
    /// - Request: `GET /ledgers`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind).
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// let ledgers = merchant.get_ledger_balances().await?;
    /// for ledger in ledgers.iter() {
    ///     println!("{} {}", ledger.balance, ledger.currency);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-account-balances>
    pub async fn get_ledger_balances(
        &self,
    ) -> Result<Answer<Vec<core::model::ledger::LedgerBalance>>, Error>
    where
        core::model::ledger::GetLedgerBalances: Allows<C>,
    {
        self.call(&core::model::ledger::GetLedgerBalances::new())
            .await
    }

    /// Fetches the entries of a ledger within a span of days.
    ///
    /// - Request: `GET /ledgers/{currency}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::ledger::GetLedgerEntries::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// use bitpay_async::Currency;
    /// use bitpay_async::model::ledger::GetLedgerEntries;
    /// use bitpay_async::time::Date;
    ///
    /// let (first, last) = (Date::new(2026, 5, 1)?, Date::new(2026, 5, 31)?);
    /// let may = GetLedgerEntries::new(Currency::USD, first, last);
    /// for entry in merchant.get_ledger_entries(&may).await?.iter() {
    ///     println!("{} {:?} {:?}", entry.timestamp, entry.kind, entry.decimal());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-ledger-entries>
    pub async fn get_ledger_entries(
        &self,
        request: &core::model::ledger::GetLedgerEntries,
    ) -> Result<Answer<Vec<core::model::ledger::LedgerEntry>>, Error>
    where
        core::model::ledger::GetLedgerEntries: Allows<C>,
    {
        self.call(request).await
    }
}

/// # Payouts
///
/// Payments to recipients, from a ledger.
impl<C: Credential> Client<C> {
    /// Pays a recipient in cryptocurrency, from the funds on a ledger.
    ///
    /// - Request: `POST /payouts`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: never sent again; its reference finds it with [`list_payouts`](Self::list_payouts)
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::payout::CreatePayout::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// use bitpay_async::model::payout::CreatePayout;
    /// use bitpay_async::{Amount, Currency};
    ///
    /// // Write the reference down first: it is what finds the payout if the answer is lost.
    /// let (reference, payee) = ("payroll-2026-05-ada", recipient.id.clone());
    /// let amount: Amount = "12.50".parse()?;
    /// let pay = CreatePayout::new(reference, payee, amount, Currency::USD, Currency::EUR);
    /// let payout = payouts.create_payout(&pay).await?;
    /// println!("{} is {}", payout.id, payout.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/create-a-payout>
    pub async fn create_payout(
        &self,
        request: &core::model::payout::CreatePayout,
    ) -> Result<Answer<core::model::payout::Payout>, Error>
    where
        core::model::payout::CreatePayout: Allows<C>,
    {
        self.call(request).await
    }

    /// Fetches a payout.
    ///
    /// - Request: `GET /payouts/{id}`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// # let pay = bitpay_async::model::payout::CreatePayout::new(
    /// #     "payroll-2026-05-ada",
    /// #     recipient.id.clone(),
    /// #     "12.50".parse::<bitpay_async::Amount>()?,
    /// #     bitpay_async::Currency::USD,
    /// #     bitpay_async::Currency::EUR,
    /// # );
    /// # let payout = payouts.create_payout(&pay).await?;
    /// let payout = payouts.get_payout(&payout.id).await?;
    /// println!("{} is {}", payout.id, payout.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-payout>
    pub async fn get_payout(
        &self,
        id: &PayoutId,
    ) -> Result<Answer<core::model::payout::Payout>, Error>
    where
        core::model::payout::GetPayout: Allows<C>,
    {
        self.call(&core::model::payout::GetPayout::new(id.clone()))
            .await
    }

    /// Lists payouts by the days on which they were asked for, status, reference or group.
    ///
    /// - Request: `GET /payouts`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::payout::ListPayouts::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// # let pay = bitpay_async::model::payout::CreatePayout::new(
    /// #     "payroll-2026-05-ada",
    /// #     recipient.id.clone(),
    /// #     "12.50".parse::<bitpay_async::Amount>()?,
    /// #     bitpay_async::Currency::USD,
    /// #     bitpay_async::Currency::EUR,
    /// # );
    /// # let payout = payouts.create_payout(&pay).await?;
    /// use bitpay_async::model::payout::ListPayouts;
    ///
    /// let ada = ListPayouts::by_reference("payroll-2026-05-ada");
    /// let found = payouts.list_payouts(&ada).await?;
    /// assert_eq!(found.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-payouts-filtered-by-query>
    pub async fn list_payouts(
        &self,
        request: &core::model::payout::ListPayouts,
    ) -> Result<Answer<Vec<core::model::payout::Payout>>, Error>
    where
        core::model::payout::ListPayouts: Allows<C>,
    {
        self.call(request).await
    }

    /// Cancels a payout that is still new.
    ///
    /// - Request: `DELETE /payouts/{id}`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_payout`](Self::get_payout) and told, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// # let pay = bitpay_async::model::payout::CreatePayout::new(
    /// #     "payroll-2026-05-ada",
    /// #     recipient.id.clone(),
    /// #     "12.50".parse::<bitpay_async::Amount>()?,
    /// #     bitpay_async::Currency::USD,
    /// #     bitpay_async::Currency::EUR,
    /// # );
    /// # let payout = payouts.create_payout(&pay).await?;
    /// payouts.cancel_payout(&payout.id).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-a-payout>
    pub async fn cancel_payout(
        &self,
        id: &PayoutId,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::payout::CancelPayout: Allows<C>,
    {
        self.call(&core::model::payout::CancelPayout::new(id.clone()))
            .await
    }

    /// Sends the payout's last webhook again.
    ///
    /// - Request: `POST /payouts/{id}/notifications`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// # let pay = bitpay_async::model::payout::CreatePayout::new(
    /// #     "payroll-2026-05-ada",
    /// #     recipient.id.clone(),
    /// #     "12.50".parse::<bitpay_async::Amount>()?,
    /// #     bitpay_async::Currency::USD,
    /// #     bitpay_async::Currency::EUR,
    /// # );
    /// # let payout = payouts.create_payout(&pay).await?;
    /// payouts.resend_payout_notification(&payout.id).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/request-a-payout-webhook-to-be-resent>
    pub async fn resend_payout_notification(
        &self,
        id: &PayoutId,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::payout::ResendPayoutNotification: Allows<C>,
    {
        self.call(&core::model::payout::ResendPayoutNotification::new(
            id.clone(),
        ))
        .await
    }

    /// Asks for many payouts in one call; some may be made and others not.
    ///
    /// - Request: `POST /payouts/group`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::payout::CreatePayoutGroup::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// # let pay = bitpay_async::model::payout::CreatePayout::new(
    /// #     "payroll-2026-05-ada",
    /// #     recipient.id.clone(),
    /// #     "12.50".parse::<bitpay_async::Amount>()?,
    /// #     bitpay_async::Currency::USD,
    /// #     bitpay_async::Currency::EUR,
    /// # );
    /// # let payout = payouts.create_payout(&pay).await?;
    /// use bitpay_async::model::payout::CreatePayoutGroup;
    ///
    /// // `pay` is a `CreatePayout`. Look at both lists: some may be made and others not.
    /// let group = CreatePayoutGroup::new(vec![pay]);
    /// let group = payouts.create_payout_group(&group).await?;
    /// println!("made {}, failed {}", group.created.len(), group.failed.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/create-payout-group>
    pub async fn create_payout_group(
        &self,
        request: &core::model::payout::CreatePayoutGroup,
    ) -> Result<Answer<core::model::payout::PayoutGroup>, Error>
    where
        core::model::payout::CreatePayoutGroup: Allows<C>,
    {
        self.call(request).await
    }

    /// Cancels the payouts of a group that are still new.
    ///
    /// - Request: `DELETE /payouts/group/{group_id}`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`list_payouts`](Self::list_payouts) and told with the error, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// # let pay = bitpay_async::model::payout::CreatePayout::new(
    /// #     "payroll-2026-05-ada",
    /// #     recipient.id.clone(),
    /// #     "12.50".parse::<bitpay_async::Amount>()?,
    /// #     bitpay_async::Currency::USD,
    /// #     bitpay_async::Currency::EUR,
    /// # );
    /// # let payout = payouts.create_payout(&pay).await?;
    /// # let group = bitpay_async::model::payout::CreatePayoutGroup::new(vec![pay.clone()]);
    /// # let group = payouts.create_payout_group(&group).await?;
    /// # let group_id = group.created.first().and_then(|payout| payout.group_id.clone()).ok_or("no payout")?;
    /// let group = payouts.cancel_payout_group(&group_id).await?;
    /// println!("cancelled {}, not {}", group.cancelled.len(), group.failed.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/cancel-a-payout-group>
    pub async fn cancel_payout_group(
        &self,
        group_id: &PayoutGroupId,
    ) -> Result<Answer<core::model::payout::CancelledPayoutGroup>, Error>
    where
        core::model::payout::CancelPayoutGroup: Allows<C>,
    {
        self.call(&core::model::payout::CancelPayoutGroup::new(
            group_id.clone(),
        ))
        .await
    }
}

/// # Recipients
///
/// Who can be paid.
impl<C: Credential> Client<C> {
    /// Invites people to become recipients of payouts, by email.
    ///
    /// - Request: `POST /recipients`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: never sent again: fetch and see
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::recipient::SubmitRecipients::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// use bitpay_async::model::recipient::{NewRecipient, SubmitRecipients};
    ///
    /// let guid = bitpay_async::new_guid()?;
    /// let ada = NewRecipient::new(guid, "ada@example.com").label("Ada");
    /// let invite = SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// for recipient in payouts.submit_recipients(&invite).await?.iter() {
    ///     println!("{} is {}", recipient.id, recipient.status);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/invite-recipients>
    pub async fn submit_recipients(
        &self,
        request: &core::model::recipient::SubmitRecipients,
    ) -> Result<Answer<Vec<core::model::recipient::Recipient>>, Error>
    where
        core::model::recipient::SubmitRecipients: Allows<C>,
    {
        self.call(request).await
    }

    /// Fetches a recipient.
    ///
    /// - Request: `GET /recipients/{id}`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// let recipient = payouts.get_recipient(&recipient.id).await?;
    /// println!("{} is {}", recipient.id, recipient.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-recipient>
    pub async fn get_recipient(
        &self,
        id: &RecipientId,
    ) -> Result<Answer<core::model::recipient::Recipient>, Error>
    where
        core::model::recipient::GetRecipient: Allows<C>,
    {
        self.call(&core::model::recipient::GetRecipient::new(id.clone()))
            .await
    }

    /// Lists recipients, all or those of one status.
    ///
    /// - Request: `GET /recipients`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// use bitpay_async::model::recipient::{ListRecipients, RecipientStatus};
    ///
    /// let active = ListRecipients::new().status(RecipientStatus::Active);
    /// let active = payouts.list_recipients(&active).await?;
    /// assert_eq!(active.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-recipients-by-status>
    pub async fn list_recipients(
        &self,
        request: &core::model::recipient::ListRecipients,
    ) -> Result<Answer<Vec<core::model::recipient::Recipient>>, Error>
    where
        core::model::recipient::ListRecipients: Allows<C>,
    {
        self.call(request).await
    }

    /// Changes a recipient's label or the address of its webhooks.
    ///
    /// - Request: `PUT /recipients/{id}`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_recipient`](Self::get_recipient) and told with the error, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::recipient::UpdateRecipient::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// use bitpay_async::model::recipient::UpdateRecipient;
    ///
    /// let recipient = UpdateRecipient::new(recipient.id.clone()).label("Ada Lovelace");
    /// let recipient = payouts.update_recipient(&recipient).await?;
    /// assert_eq!(recipient.label.as_deref(), Some("Ada Lovelace"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/update-a-recipient>
    pub async fn update_recipient(
        &self,
        request: &core::model::recipient::UpdateRecipient,
    ) -> Result<Answer<core::model::recipient::Recipient>, Error>
    where
        core::model::recipient::UpdateRecipient: Allows<C>,
    {
        self.call(request).await
    }

    /// Removes a recipient, who cannot be paid from then on.
    ///
    /// - Request: `DELETE /recipients/{id}`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_recipient`](Self::get_recipient) and told, never sent again
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// payouts.remove_recipient(&recipient.id).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/remove-a-recipient>
    pub async fn remove_recipient(
        &self,
        id: &RecipientId,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::recipient::RemoveRecipient: Allows<C>,
    {
        self.call(&core::model::recipient::RemoveRecipient::new(id.clone()))
            .await
    }

    /// Sends the recipient's last webhook again.
    ///
    /// - Request: `POST /recipients/{id}/notifications`
    /// - Facades: [payout](core::Payout)
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let ada = bitpay_async::model::recipient::NewRecipient::new(bitpay_async::new_guid()?, "ada@example.com");
    /// # let invite = bitpay_async::model::recipient::SubmitRecipients::new(bitpay_async::new_guid()?, vec![ada]);
    /// # let recipient = payouts.submit_recipients(&invite).await?.first().cloned().ok_or("nobody invited")?;
    /// # sandbox.move_recipient(&recipient.id, bitpay_async::model::recipient::RecipientStatus::Active)?;
    /// payouts.resend_recipient_notification(&recipient.id).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/request-a-recipient-webhook-to-be-resent>
    pub async fn resend_recipient_notification(
        &self,
        id: &RecipientId,
    ) -> Result<Answer<core::model::Acknowledged>, Error>
    where
        core::model::recipient::ResendRecipientNotification: Allows<C>,
    {
        self.call(&core::model::recipient::ResendRecipientNotification::new(
            id.clone(),
        ))
        .await
    }
}

/// # Settlements
///
/// What BitPay paid out to the merchant.
impl<C: Credential> Client<C> {
    /// Lists what was paid out to the merchant, all or within a span of days.
    ///
    /// - Request: `GET /settlements`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::settlement::ListSettlements::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// # sandbox.advance(std::time::Duration::from_secs(24 * 60 * 60));
    /// # let (start, end) = (bitpay_async::time::Date::new(2020, 1, 1)?, bitpay_async::time::Date::new(2099, 1, 1)?);
    /// # let all = bitpay_async::model::settlement::ListSettlements::new(start, end);
    /// # let settlement = merchant.list_settlements(&all).await?.first().cloned().ok_or("nothing settled")?;
    /// use bitpay_async::model::settlement::ListSettlements;
    /// use bitpay_async::time::Date;
    ///
    /// let may = ListSettlements::new(Date::new(2026, 5, 1)?, Date::new(2026, 5, 31)?);
    /// for settlement in merchant.list_settlements(&may).await?.iter() {
    ///     println!("{} is {}", settlement.id, settlement.status);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-settlements>
    pub async fn list_settlements(
        &self,
        request: &core::model::settlement::ListSettlements,
    ) -> Result<Answer<Vec<core::model::settlement::Settlement>>, Error>
    where
        core::model::settlement::ListSettlements: Allows<C>,
    {
        self.call(request).await
    }

    /// Fetches a settlement by its id.
    ///
    /// - Request: `GET /settlements/{id}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// # sandbox.advance(std::time::Duration::from_secs(24 * 60 * 60));
    /// # let (start, end) = (bitpay_async::time::Date::new(2020, 1, 1)?, bitpay_async::time::Date::new(2099, 1, 1)?);
    /// # let all = bitpay_async::model::settlement::ListSettlements::new(start, end);
    /// # let settlement = merchant.list_settlements(&all).await?.first().cloned().ok_or("nothing settled")?;
    /// let settlement = merchant.get_settlement(&settlement.id).await?;
    /// assert_eq!(settlement.adds_up(), Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-settlement>
    pub async fn get_settlement(
        &self,
        id: &SettlementId,
    ) -> Result<Answer<core::model::settlement::Settlement>, Error>
    where
        core::model::settlement::GetSettlement: Allows<C>,
    {
        self.call(&core::model::settlement::GetSettlement::new(id.clone()))
            .await
    }

    /// Fetches what a settlement is made of, entry by entry.
    ///
    /// - Request: `GET /settlements/{id}/reconciliationReport`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # let email = bitpay_async::model::invoice::UpdateInvoice::new(invoice.id.clone()).buyer_email("ada@example.com");
    /// # merchant.update_invoice(&email).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// # let invoice = merchant.get_invoice(&invoice.id).await?;
    /// # sandbox.advance(std::time::Duration::from_secs(24 * 60 * 60));
    /// # let (start, end) = (bitpay_async::time::Date::new(2020, 1, 1)?, bitpay_async::time::Date::new(2099, 1, 1)?);
    /// # let all = bitpay_async::model::settlement::ListSettlements::new(start, end);
    /// # let settlement = merchant.list_settlements(&all).await?.first().cloned().ok_or("nothing settled")?;
    /// use bitpay_async::model::settlement::GetSettlementReport;
    ///
    /// let token = settlement.token.clone().ok_or("it came without its token")?;
    /// let report = GetSettlementReport::new(settlement.id.clone(), token);
    /// let report = merchant.get_settlement_report(&report).await?;
    /// assert_eq!(report.adds_up(), Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/fetch-a-reconciliation-report>
    pub async fn get_settlement_report(
        &self,
        request: &core::model::settlement::GetSettlementReport,
    ) -> Result<Answer<core::model::settlement::SettlementReport>, Error>
    where
        core::model::settlement::GetSettlementReport: Allows<C>,
    {
        self.call(request).await
    }
}

/// # Rates
///
/// What cryptocurrencies are worth.
impl<C: Credential> Client<C> {
    /// Fetches the rates of all currencies to bitcoin.
    ///
    /// - Request: `GET /rates`
    /// - Facades: none is needed
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind).
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// let rates = client.get_rates().await?;
    /// for entry in rates.iter() {
    ///     println!("1 BTC is {} {}", entry.rate, entry.code);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-all-the-rates-for-a-given-cryptocurrency>
    pub async fn get_rates(&self) -> Result<Answer<Vec<core::model::rate::RateEntry>>, Error> {
        self.call(&core::model::rate::GetRates::new()).await
    }

    /// Fetches the rates of all currencies to a cryptocurrency.
    ///
    /// - Request: `GET /rates/{base}`
    /// - Facades: none is needed
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// use bitpay_async::Currency;
    ///
    /// let rates = client.get_rates_for(&Currency::ETH).await?;
    /// println!("1 ETH has a rate in {} currencies", rates.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-all-the-rates-for-a-given-cryptocurrency>
    pub async fn get_rates_for(
        &self,
        base: &Currency,
    ) -> Result<Answer<Vec<core::model::rate::RateEntry>>, Error> {
        self.call(&core::model::rate::GetRatesFor::new(base.clone()))
            .await
    }

    /// Fetches the rate of one currency to a cryptocurrency.
    ///
    /// - Request: `GET /rates/{base}/{currency}`
    /// - Facades: none is needed
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// use bitpay_async::Currency;
    ///
    /// let rate = client.get_rate(&Currency::BTC, &Currency::EUR).await?;
    /// println!("1 BTC is {} EUR", rate.rate);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-the-rates-for-a-cryptocurrency-fiat-pair>
    pub async fn get_rate(
        &self,
        base: &Currency,
        currency: &Currency,
    ) -> Result<Answer<core::model::rate::RateEntry>, Error> {
        self.call(&core::model::rate::GetRate::new(
            base.clone(),
            currency.clone(),
        ))
        .await
    }
}

/// # Currencies and wallets
///
/// What BitPay knows, and how exact it is.
impl<C: Credential> Client<C> {
    /// Fetches the currencies that BitPay knows, with their precision.
    ///
    /// - Request: `GET /currencies`
    /// - Facades: none is needed
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind).
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// let currencies = client.get_currencies().await?;
    /// for currency in currencies.iter() {
    ///     println!("{} has {:?} decimal places", currency.code, currency.precision);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-the-supported-currencies>
    pub async fn get_currencies(
        &self,
    ) -> Result<Answer<Vec<core::model::currency::CurrencyInfo>>, Error> {
        self.call(&core::model::currency::GetCurrencies::new())
            .await
    }

    /// Fetches the wallets that BitPay knows.
    ///
    /// - Request: `GET /supportedwallets`
    /// - Facades: none is needed
    /// - Signed: never
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind).
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// let wallets = client.get_supported_wallets().await?;
    /// for wallet in wallets.iter() {
    ///     println!("{} pays in {} currencies", wallet.key, wallet.currencies.len());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-the-supported-wallets>
    pub async fn get_supported_wallets(
        &self,
    ) -> Result<Answer<Vec<core::model::wallet::Wallet>>, Error> {
        self.call(&core::model::wallet::GetSupportedWallets::new())
            .await
    }
}

/// # Subscriptions
///
/// Bills that are sent again and again. Legacy.
impl<C: Credential> Client<C> {
    /// Makes a subscription: a bill that is sent again and again. Legacy.
    ///
    /// - Request: `POST /subscriptions`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: never repeated
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::subscription::CreateSubscription::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// use bitpay_async::Currency;
    /// use bitpay_async::model::bill::BillItem;
    /// use bitpay_async::model::subscription::{BillData, CreateSubscription, Schedule};
    /// use bitpay_async::time::Date;
    ///
    /// let items = vec![BillItem::new("Rent", 900u32, 1)];
    /// let due = Date::new(2099, 1, 1)?;
    /// let bill = BillData::new(Currency::USD, "ada@example.com", due, items);
    /// let subscription = CreateSubscription::new(Schedule::Monthly, bill);
    /// let subscription = merchant.create_subscription(&subscription).await?;
    /// println!("{} is {:?}", subscription.id, subscription.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/create-a-subscription>
    pub async fn create_subscription(
        &self,
        request: &core::model::subscription::CreateSubscription,
    ) -> Result<Answer<core::model::subscription::Subscription>, Error>
    where
        core::model::subscription::CreateSubscription: Allows<C>,
    {
        self.call(request).await
    }

    /// Fetches a subscription by its id. Legacy.
    ///
    /// - Request: `GET /subscriptions/{id}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let items = vec![bitpay_async::model::bill::BillItem::new("Rent", 900u32, 1)];
    /// # let day = bitpay_async::time::Date::new(2099, 1, 1)?;
    /// # let bill = bitpay_async::model::subscription::BillData::new(bitpay_async::Currency::USD, "ada@example.com", day, items);
    /// # let monthly = bitpay_async::model::subscription::Schedule::Monthly;
    /// # let subscription = bitpay_async::model::subscription::CreateSubscription::new(monthly, bill);
    /// # let subscription = merchant.create_subscription(&subscription).await?;
    /// let subscription = merchant.get_subscription(&subscription.id).await?;
    /// println!("the next bill goes out at {:?}", subscription.next_delivery);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-a-subscription>
    pub async fn get_subscription(
        &self,
        id: &SubscriptionId,
    ) -> Result<Answer<core::model::subscription::Subscription>, Error>
    where
        core::model::subscription::GetSubscription: Allows<C>,
    {
        self.call(&core::model::subscription::GetSubscription::new(id.clone()))
            .await
    }

    /// Lists the subscriptions. Legacy.
    ///
    /// - Request: `GET /subscriptions`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: repeated, since it only reads
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let items = vec![bitpay_async::model::bill::BillItem::new("Rent", 900u32, 1)];
    /// # let day = bitpay_async::time::Date::new(2099, 1, 1)?;
    /// # let bill = bitpay_async::model::subscription::BillData::new(bitpay_async::Currency::USD, "ada@example.com", day, items);
    /// # let monthly = bitpay_async::model::subscription::Schedule::Monthly;
    /// # let subscription = bitpay_async::model::subscription::CreateSubscription::new(monthly, bill);
    /// # let subscription = merchant.create_subscription(&subscription).await?;
    /// use bitpay_async::model::subscription::{ListSubscriptions, SubscriptionStatus};
    ///
    /// let drafts = ListSubscriptions::new().status(SubscriptionStatus::Draft);
    /// let drafts = merchant.list_subscriptions(&drafts).await?;
    /// assert_eq!(drafts.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-subscriptions-by-status>
    pub async fn list_subscriptions(
        &self,
        request: &core::model::subscription::ListSubscriptions,
    ) -> Result<Answer<Vec<core::model::subscription::Subscription>>, Error>
    where
        core::model::subscription::ListSubscriptions: Allows<C>,
    {
        self.call(request).await
    }

    /// Makes a subscription active, cancels it, or changes its bill. Legacy.
    ///
    /// - Request: `PUT /subscriptions/{id}`
    /// - Facades: [merchant](core::Merchant)
    /// - Signed: always
    /// - When the outcome of a try is unknown: read by [`get_subscription`](Self::get_subscription) and told with the error, never sent again
    /// - Token: that of the resource, which the request holds
    ///
    /// # Errors
    ///
    /// An [`Error`]; [`Error::effect`] says whether it may have happened. Nothing is sent when the request's own [check](core::model::subscription::UpdateSubscription::check) finds a mistake. What BitPay may say to any call is an [`ApiErrorKind`](core::error::ApiErrorKind); to this one, above all:
    ///
    /// - [`ApiErrorKind::NotFound`](core::error::ApiErrorKind::NotFound): There is no such resource, or it is another merchant's or of another environment.
    /// - [`ApiErrorKind::InvalidParams`](core::error::ApiErrorKind::InvalidParams): A parameter has a value that BitPay does not take.
    /// - [`ErrorCodeKind::General`](core::error::ErrorCodeKind::General): The server failed, and does not say why. Find out whether it happened before trying again.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let pos = client.with(sandbox.grant::<bitpay_async::Pos>(identity.clone()));
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity.clone()));
    /// # let payouts = client.with(sandbox.grant::<bitpay_async::Payout>(identity.clone()));
    /// # let items = vec![bitpay_async::model::bill::BillItem::new("Rent", 900u32, 1)];
    /// # let day = bitpay_async::time::Date::new(2099, 1, 1)?;
    /// # let bill = bitpay_async::model::subscription::BillData::new(bitpay_async::Currency::USD, "ada@example.com", day, items);
    /// # let monthly = bitpay_async::model::subscription::Schedule::Monthly;
    /// # let subscription = bitpay_async::model::subscription::CreateSubscription::new(monthly, bill);
    /// # let subscription = merchant.create_subscription(&subscription).await?;
    /// use bitpay_async::model::subscription::{SubscriptionStatus, UpdateSubscription};
    ///
    /// // From the subscription as it was read, whose token it takes over.
    /// let start = UpdateSubscription::of(&subscription)?;
    /// let start = start.status(SubscriptionStatus::Active);
    /// let subscription = merchant.update_subscription(&start).await?;
    /// assert_eq!(subscription.status, Some(SubscriptionStatus::Active));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/update-a-subscription>
    pub async fn update_subscription(
        &self,
        request: &core::model::subscription::UpdateSubscription,
    ) -> Result<Answer<core::model::subscription::Subscription>, Error>
    where
        core::model::subscription::UpdateSubscription: Allows<C>,
    {
        self.call(request).await
    }
}
