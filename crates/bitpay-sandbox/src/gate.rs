//! What is not part of BitPay's API: the pages, and the calls to the sandbox itself. They act for the
//! merchant without a password, so only this machine's own pages and programs may use them.

use bitpay_core::environment::is_loopback;
use bytes::Bytes;
use http::header::ORIGIN;
use http::uri::Authority;
use http::{Method, Request, Response, StatusCode};

use crate::engine::{NAMES, host};
use crate::{Engine, pages};

/// Answers what is not for the API; `None` for what is.
pub(crate) fn other_than_api(
    engine: &mut Engine,
    request: &Request<Bytes>,
) -> Option<Response<Bytes>> {
    let target = engine.target(request);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    // Anybody may read what there is: it says nothing of what is in it.
    #[cfg(feature = "openapi")]
    if path == "/openapi.json" && request.method() == Method::GET {
        let api = crate::openapi(&[&engine.base]);
        return Some(crate::reply::json(StatusCode::OK, api.to_string()));
    }
    let control = path.strip_prefix("/sandbox/");
    if control.is_none() && !pages::is_page(path) {
        return None;
    }
    Some(match (own_origin(engine, request), control) {
        (None, _) => refuse("pages and controls are for this machine: use localhost or 127.0.0.1"),
        (Some(own), Some(what)) if may(request, &own) => engine.control(what, request),
        (Some(own), None) if request.method() != Method::POST || is_form(request, &own) => {
            pages::answer(engine, path, query, request)
        }
        _ => refuse("this came from another site"),
    })
}

/// The origin of this server as this client sees it, if the host is one of this machine's. Another
/// name could have been pointed here by another site (DNS rebinding).
fn own_origin(engine: &Engine, request: &Request<Bytes>) -> Option<String> {
    let host = host(request);
    if let Some(url) = &engine.settings.public_url
        && url.authority() == host
    {
        let scheme = if url.is_plain() { "http" } else { "https" };
        return Some(format!("{scheme}://{host}"));
    }
    let authority: Authority = host.parse().ok()?;
    // No other site has a certificate for BitPay's names.
    let is_own = is_loopback(authority.host())
        || engine.https
            && NAMES
                .iter()
                .any(|name| authority.host().eq_ignore_ascii_case(name));
    is_own.then(|| format!("{}://{host}", engine.scheme()))
}

/// A browser names the site that a request comes from; a program does not.
fn may(request: &Request<Bytes>, own: &str) -> bool {
    let header = |name: &str| request.headers().get(name).map(http::HeaderValue::as_bytes);
    let origin = header(ORIGIN.as_str());
    let site = header("sec-fetch-site");
    origin.is_none_or(|origin| origin == own.as_bytes())
        && site.is_none_or(|site| matches!(site, b"same-origin" | b"none"))
}

/// A form of one of our pages: a browser names our own origin.
fn is_form(request: &Request<Bytes>, own: &str) -> bool {
    request.headers().contains_key(ORIGIN) && may(request, own)
}

pub(crate) fn refuse(why: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(why.as_bytes()));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}
