//! A request with its signature, made once and sent as often as needed.

use alloc::string::String;
use core::mem;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Uri};

use crate::credential::Identity;
use crate::encode::Encoder;
use crate::error::BuildError;
use crate::signature::{Digest, Signature};

pub(super) struct Prepared {
    method: Method,
    uri: Uri,
    pub(super) body: Bytes,
    /// What is signed, where the request is.
    pub(super) digest: Digest,
    pub(super) is_signed: bool,
    pub(super) signature: Option<HeaderValue>,
}

impl Prepared {
    pub(super) fn new(
        method: Method,
        encoder: Encoder,
        is_signed: bool,
    ) -> Result<Self, BuildError> {
        let (mut url, body) = encoder.finish();
        let digest = Digest::of(&[url.as_bytes(), &body]);
        let url = Bytes::from(mem::take::<String>(&mut url));
        Ok(Self {
            method,
            uri: Uri::from_maybe_shared(url).map_err(|_| BuildError::Http)?,
            digest,
            body,
            is_signed,
            signature: None,
        })
    }

    /// With these headers, and the one of these for what is to be answered.
    pub(super) fn request(
        &self,
        identity: Option<&Identity>,
        headers: &HeaderMap,
        accept: Option<&HeaderValue>,
    ) -> Result<Request<Bytes>, BuildError> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        let mut headers = headers.clone();
        if let Some(accept) = accept {
            headers.insert(ACCEPT, accept.clone());
        }
        if self.is_signed {
            let public_key = identity.and_then(Identity::header);
            let (Some(public_key), Some(signature)) = (public_key, &self.signature) else {
                return Err(BuildError::Http);
            };
            headers.insert(HeaderName::from_static("x-identity"), public_key.clone());
            headers.insert(HeaderName::from_static("x-signature"), signature.clone());
        }
        *request.headers_mut() = headers;
        Ok(request)
    }
}

pub(super) fn header_of(signature: &Signature) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_maybe_shared(Bytes::from(signature.to_hex())).ok()?;
    value.set_sensitive(true);
    Some(value)
}
