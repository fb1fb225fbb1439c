//! `payout create --from-csv`: many payouts, one after the other, safe to run again.
//!
//! What was done is known from the journal of the profile, where each reference is written before its request
//! leaves, and from BitPay; the file of results is for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use bitpay_blocking::journal::{Entry, Intent, IntentId};
use bitpay_blocking::model::payout::{CreatePayout, ListPayouts, Payee, Payout, PayoutStatus};
use bitpay_blocking::model::recipient::{ListRecipients, RecipientStatus};
use bitpay_blocking::time::Date;
use bitpay_blocking::{Amount, AnyGrant, Client, Currency, Effect, Error, RecipientId};
use bitpay_store::Profile;
use serde::Serialize;
use serde_json::json;

use crate::context::{Context, money, table};
use crate::csv_file::{self, Row as CsvRow};
use crate::failure::Failure;
use crate::{payout, recover};

const COLUMNS: &[&str] = &[
    "reference",
    "email",
    "recipient",
    "shopper",
    "amount",
    "currency",
    "ledger",
    "label",
    "on",
    "notification_url",
];

/// So many failures of one kind, one after the other, and the others would fail as well.
const SAME_FAILURES: usize = 3;

/// Where it stands with a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// By this run.
    Made,
    /// Before, under the same reference.
    MadeBefore,
    /// Nobody knows yet; it is not sent again.
    Unknown,
    /// The reference is another payout's.
    OtherPayout,
    /// It was made before, and cancelled or failed.
    NotPaid,
    Refused,
    NotTried,
}

impl State {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Made, "made"),
        (Self::MadeBefore, "made before"),
        (Self::Unknown, "unknown"),
        (Self::OtherPayout, "other payout"),
        (Self::NotPaid, "not paid"),
        (Self::Refused, "refused"),
        (Self::NotTried, "not tried"),
    ];

    fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(state, _)| *state == self);
        found.map_or("", |(_, name)| name)
    }
}

struct Row {
    line: u64,
    who: String,
    request: CreatePayout,
    state: State,
    payout: String,
    message: String,
}

impl Row {
    fn set(&mut self, state: State, payout: impl Into<String>, message: impl Into<String>) {
        self.state = state;
        self.payout = payout.into();
        self.message = message.into();
    }
}

/// What the journal knows of a reference.
enum Before {
    Made(String),
    Open(Box<Intent>),
}

/// The same, once what was open has been looked up.
enum Known {
    Made(String),
    Nothing,
    /// With what to do.
    Unknown(String),
}

impl Before {
    fn look(&self, context: &Context<'_>, profile: &Profile) -> Known {
        let intent = match self {
            Self::Made(id) => return Known::Made(id.clone()),
            Self::Open(intent) => intent,
        };
        let found = recover::find_out(context, profile, intent);
        match found.effect {
            Effect::Happened => Known::Made(found.id.unwrap_or_default()),
            Effect::Nothing => Known::Nothing,
            _ => Known::Unknown(format!(
                "{}; when you know that there is none: bitpay recover{} --close {} --as nothing",
                found.what,
                context.option(),
                intent.id
            )),
        }
    }
}

pub(crate) fn run(
    context: &mut Context<'_>,
    file: &Path,
    ledger: Option<&str>,
    results: Option<PathBuf>,
) -> Result<(), Failure> {
    let open = lock(file)?;
    let (drafts, mut mistakes) = read(file, &open, ledger)?;
    csv_file::complain(file, &mistakes)?;
    let profile = context.profile()?;
    let client = context.client_for("create_payout", None)?;
    let mut rows = resolve(&client, drafts, &mut mistakes)?;
    csv_file::complain(file, &mistakes)?;
    know(context, &profile, &mut rows)?;
    let left = rows.iter().filter(|row| row.state == State::NotTried);
    let left = left.count();
    if left > 0 {
        let sums = summary(&rows)?;
        context.confirm(&format!("pay {left} of {} payouts: {sums}", rows.len()))?;
    }
    let path = results.unwrap_or_else(|| beside(file));
    if path.canonicalize().ok() == Some(file.canonicalize()?) {
        return Err(Failure::Usage(
            "--results: this is the file of the payouts itself".to_owned(),
        ));
    }
    let mut report = Report::new(&path, &rows)?;
    pay(context, &client, &mut rows, &mut report)?;
    conclude(context, &rows, &path)
}

/// Keeps a second run of the same file out, for as long as it is open.
fn lock(path: &Path) -> Result<File, Failure> {
    let failed = |error: std::io::Error| Failure::Refused(format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Failure::Refused(format!(
            "{} is being paid by another run: wait for its end",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// `may.results.csv`, of `may.csv`.
fn beside(file: &Path) -> PathBuf {
    file.with_extension("results.csv")
}

/// Who is paid, as the file says.
enum Who {
    Payee(Payee),
    Email(String),
}

/// A row before its email address is looked up.
struct Draft {
    line: u64,
    who: Who,
    reference: String,
    amount: Amount,
    currency: Currency,
    ledger: Currency,
    label: Option<String>,
    on: Option<Date>,
    notification_url: Option<String>,
}

fn read(
    path: &Path,
    file: &File,
    ledger: Option<&str>,
) -> Result<(Vec<Draft>, Vec<String>), Failure> {
    let mut references = BTreeMap::new();
    let (drafts, mut mistakes) = csv_file::read(path, file, COLUMNS, |row| {
        let draft = draft(row, ledger)?;
        match references.insert(draft.reference.clone(), row.line) {
            None => Ok(draft),
            Some(first) => Err(format!(
                "reference: line {first} has the same one, and it may name one payout only"
            )),
        }
    })?;
    if drafts.is_empty() && mistakes.is_empty() {
        mistakes.push("there are no payouts in it".to_owned());
    }
    Ok((drafts, mistakes))
}

fn draft(row: &CsvRow<'_>, ledger: Option<&str>) -> Result<Draft, String> {
    let who = match (
        row.given("recipient"),
        row.given("shopper"),
        row.given("email"),
    ) {
        (Some(_), None, None) => Who::Payee(Payee::Recipient(row.value("recipient")?)),
        (None, Some(_), None) => Who::Payee(Payee::Shopper(row.value("shopper")?)),
        (None, None, Some(email)) => Who::Email(email.to_owned()),
        _ => return Err("say who is paid: one of recipient, shopper and email".to_owned()),
    };
    let ledger = row
        .given("ledger")
        .or(ledger)
        .ok_or("ledger is missing: add the column, or give --ledger")?;
    Ok(Draft {
        line: row.line,
        who,
        reference: row.needed("reference")?.to_owned(),
        amount: row.value("amount")?,
        currency: row.value("currency")?,
        ledger: csv_file::value("ledger", ledger)?,
        label: row.given("label").map(str::to_owned),
        on: row.given("on").map(|_| row.value("on")).transpose()?,
        notification_url: row.given("notification_url").map(str::to_owned),
    })
}

/// Pays nobody whom BitPay would have to invite: each address has to be an active recipient's.
fn resolve(
    client: &Client<AnyGrant>,
    drafts: Vec<Draft>,
    mistakes: &mut Vec<String>,
) -> Result<Vec<Row>, Failure> {
    let mut active: BTreeMap<String, Vec<RecipientId>> = BTreeMap::new();
    let mut others: BTreeMap<String, RecipientStatus> = BTreeMap::new();
    if drafts
        .iter()
        .any(|draft| matches!(draft.who, Who::Email(_)))
    {
        for recipient in client.rows(&ListRecipients::new()) {
            let recipient = recipient?;
            let Some(email) = recipient.email.map(|email| email.to_lowercase()) else {
                continue;
            };
            match recipient.status {
                RecipientStatus::Active => active.entry(email).or_default().push(recipient.id),
                other => {
                    others.insert(email, other);
                }
            }
        }
    }
    let mut rows = Vec::new();
    for draft in drafts {
        let line = draft.line;
        let (payee, who) = match draft.who {
            Who::Payee(payee) => {
                let who = match &payee {
                    Payee::Recipient(id) => id.to_string(),
                    Payee::Shopper(id) => id.to_string(),
                    _ => String::new(),
                };
                (payee, who)
            }
            Who::Email(email) => {
                let key = email.to_lowercase();
                match (active.get(&key).map(Vec::as_slice), others.get(&key)) {
                    (Some([id]), _) => (Payee::Recipient(id.clone()), email),
                    (Some(_), _) => {
                        mistakes.push(format!(
                            "line {line}: email: {email} is more than one recipient's; say which in the column recipient"
                        ));
                        continue;
                    }
                    (None, Some(status)) => {
                        mistakes.push(format!(
                            "line {line}: email: the recipient {email} is {status}, and only an active one can be paid"
                        ));
                        continue;
                    }
                    (None, None) => {
                        mistakes.push(format!(
                            "line {line}: email: {email} is nobody's: invite that person first, with `bitpay recipient invite`"
                        ));
                        continue;
                    }
                }
            }
        };
        let mut request = CreatePayout::new(
            draft.reference,
            payee,
            draft.amount,
            draft.currency,
            draft.ledger,
        );
        if let Some(day) = draft.on {
            request = request.effective_date(day);
        }
        request.label = draft.label;
        request.notification_url = draft.notification_url;
        if let Err(error) = request.check() {
            mistakes.push(format!("line {line}: {error}"));
        }
        rows.push(Row {
            line,
            who,
            request,
            state: State::NotTried,
            payout: String::new(),
            message: String::new(),
        });
    }
    Ok(rows)
}

/// Marks what earlier runs have done, or may have done.
fn know(context: &Context<'_>, profile: &Profile, rows: &mut [Row]) -> Result<(), Failure> {
    let (before, group) = journal(context, profile)?;
    for row in &mut *rows {
        match before.get(row.request.reference()) {
            None => {}
            Some(before) => match before.look(context, profile) {
                Known::Made(id) => row.set(State::MadeBefore, id, ""),
                Known::Nothing => {}
                Known::Unknown(why) => row.set(State::Unknown, "", why),
            },
        }
    }
    match group {
        Some(group) if rows.iter().any(|row| row.state == State::NotTried) => {
            refuse_group(context, profile, &group)
        }
        _ => Ok(()),
    }
}

/// Whom a group pays is in no journal: while nobody knows what became of it, nothing is asked for.
fn refuse_group(context: &Context<'_>, profile: &Profile, group: &Intent) -> Result<(), Failure> {
    let found = recover::find_out(context, profile, group);
    if found.effect != Effect::Unknown {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "nothing was sent: a group of payouts was asked for, which may have paid the same people: {}; when you know what \
         became of it: bitpay recover{} --close {} --as happened (or nothing)",
        found.what,
        context.option(),
        group.id
    )))
}

/// Keeps payouts from being sent again, when the journal knows a reference, or BitPay does: another machine may
/// have asked for it, or a group, whose references no journal holds.
pub(crate) fn refuse_again<'a>(
    context: &Context<'_>,
    client: &Client<AnyGrant>,
    references: impl IntoIterator<Item = &'a str>,
) -> Result<(), Failure> {
    let profile = context.profile()?;
    let (before, group) = journal(context, &profile)?;
    if let Some(group) = group {
        refuse_group(context, &profile, &group)?;
    }
    for reference in references.into_iter().filter(|it| !it.is_empty()) {
        let refuse = |why: &str| {
            let look_up = payout::look_up(reference, &context.option());
            Err(Failure::Refused(format!(
                "nothing was sent: {why}; one reference names one payout: {look_up}"
            )))
        };
        let known = before.get(reference).map(|it| it.look(context, &profile));
        let made = match known {
            Some(Known::Unknown(why)) => {
                return refuse(&format!(
                    "a payout was asked for with the reference {reference}, and {why}"
                ));
            }
            Some(Known::Made(id)) => Some(id),
            None | Some(Known::Nothing) => {
                let there = at_bitpay(client, reference)?;
                there.first().map(|payout| payout.id.to_string())
            }
        };
        match made {
            None => {}
            Some(id) if id.is_empty() => {
                return refuse(&format!(
                    "the payout of the reference {reference} was closed as made"
                ));
            }
            Some(id) => return refuse(&format!("the payout {id} has the reference {reference}")),
        }
    }
    Ok(())
}

/// What BitPay has under a reference.
fn at_bitpay(client: &Client<AnyGrant>, reference: &str) -> Result<Vec<Payout>, Error> {
    // All of them: a server that does not look for references gives others first.
    let listed = client.rows(&ListPayouts::by_reference(reference));
    let named = listed.filter(|payout| match payout {
        Ok(payout) => payout.reference.as_deref() == Some(reference),
        Err(_) => true,
    });
    named.collect()
}

/// By reference, the payouts that were asked for with this profile, and a group that is open. What is known not
/// to have happened is as if it had not been asked for.
fn journal(
    context: &Context<'_>,
    profile: &Profile,
) -> Result<(BTreeMap<String, Before>, Option<Intent>), Failure> {
    let server = profile.environment().base_url().to_string();
    let mut intents: BTreeMap<IntentId, (Intent, Option<(Effect, String)>)> = BTreeMap::new();
    context
        .store()?
        .journal(profile.name())?
        .read(|entry| match entry {
            Entry::Intent(intent)
                if ["create_payout", "create_payout_group"].contains(&&*intent.operation)
                    && intent.server == server =>
            {
                intents.insert(intent.id, (intent, None));
            }
            Entry::Outcome(outcome) if outcome.settles() => {
                if let Some((_, settled)) = intents.get_mut(&outcome.id) {
                    *settled = Some((outcome.effect, outcome.resource.unwrap_or_default()));
                }
            }
            _ => {}
        })?;
    let (mut before, mut group) = (BTreeMap::new(), None);
    for (intent, settled) in intents.into_values() {
        let Some(reference) = intent.reference.clone() else {
            group = group.or_else(|| settled.is_none().then_some(intent));
            continue;
        };
        match settled {
            Some((Effect::Nothing, _)) => {}
            Some((_, id)) => {
                before.insert(reference, Before::Made(id));
            }
            None => {
                before
                    .entry(reference)
                    .or_insert(Before::Open(Box::new(intent)));
            }
        }
    }
    Ok((before, group))
}

/// What is still to be paid, in each currency.
fn summary(rows: &[Row]) -> Result<String, Failure> {
    let mut sums: BTreeMap<(String, String), Amount> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.state == State::NotTried) {
        let ledger = row.request.ledger_currency().map(ToString::to_string);
        let key = (row.request.currency.to_string(), ledger.unwrap_or_default());
        let sum = sums.entry(key).or_insert(Amount::ZERO);
        *sum = sum.checked_add(row.request.amount).ok_or_else(|| {
            Failure::Refused(format!(
                "nothing was sent: the amounts in {} have too many digits to be summed up",
                row.request.currency
            ))
        })?;
    }
    let each = sums.iter().map(|((currency, ledger), sum)| {
        format!("{} from the ledger {ledger}", money(*sum, currency))
    });
    Ok(each.collect::<Vec<_>>().join(", "))
}

/// The file of results: rewritten at the beginning, then a line for each row as it is done.
struct Report {
    writer: csv::Writer<File>,
    path: PathBuf,
}

impl Report {
    fn new(path: &Path, rows: &[Row]) -> Result<Self, Failure> {
        let failed = |error: String| {
            Failure::Refused(format!("nothing was sent: {}: {error}", path.display()))
        };
        let file = File::create(path).map_err(|error| failed(error.to_string()))?;
        let mut report = Self {
            writer: csv::Writer::from_writer(file),
            path: path.to_owned(),
        };
        let header = ["line", "reference", "state", "payout", "message"];
        report
            .writer
            .write_record(header)
            .map_err(|error| failed(error.to_string()))?;
        for row in rows.iter().filter(|row| row.state == State::Unknown) {
            report.add(row).map_err(failed)?;
        }
        Ok(report)
    }

    fn add(&mut self, row: &Row) -> Result<(), String> {
        let line = row.line.to_string();
        let reference = row.request.reference();
        let fields = [
            &line,
            reference,
            row.state.name(),
            &row.payout,
            &row.message,
        ];
        let written = self.writer.write_record(fields);
        written
            .map_err(|error| error.to_string())
            .and_then(|()| self.writer.flush().map_err(|error| error.to_string()))
            .map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

fn pay(
    context: &mut Context<'_>,
    client: &Client<AnyGrant>,
    rows: &mut [Row],
    report: &mut Report,
) -> Result<(), Failure> {
    let option = context.option();
    let mut last = (String::new(), 0);
    let mut unwritten = None;
    let is_to_do = |row: &&mut Row| matches!(row.state, State::NotTried | State::MadeBefore);
    let mut to_do = rows.iter_mut().filter(is_to_do);
    for row in to_do.by_ref() {
        let kind = match pay_one(client, row, &option) {
            Ok(()) => None,
            Err(error) => Some(kind(&error)),
        };
        if let Err(error) = report.add(row) {
            unwritten.get_or_insert(error);
        }
        match kind {
            None => last = (String::new(), 0),
            Some(kind) if kind == last.0 => last.1 += 1,
            Some(kind) => last = (kind, 1),
        }
        if last.1 >= SAME_FAILURES {
            context.note(&format!(
                "stopped after {SAME_FAILURES} failures of one kind: {}",
                row.message
            ));
            break;
        }
    }
    for row in to_do {
        if let Err(error) = report.add(row) {
            unwritten.get_or_insert(error);
        }
    }
    if let Some(error) = unwritten {
        context.note(&format!("the file of results is not complete: {error}"));
    }
    Ok(())
}

/// What BitPay knows under the reference already is not made: another machine, with another journal, may
/// have asked for it. It is looked at as well when the journal knows that it was made: the file may have been
/// changed since.
fn pay_one(client: &Client<AnyGrant>, row: &mut Row, option: &str) -> Result<(), Error> {
    let reference = row.request.reference().to_owned();
    let named = match at_bitpay(client, &reference) {
        Ok(named) => named,
        Err(error) => {
            if row.state == State::NotTried {
                row.set(State::Refused, "", format!("not looked up: {error}"));
            }
            return Err(error);
        }
    };
    // Of several, one that goes on counts.
    let named = (named.iter()).min_by_key(|it| (!is_of(it, &row.request), is_dead(it)));
    if let Some(payout) = named {
        let id = payout.id.to_string();
        if !is_of(payout, &row.request) {
            let is = money(payout.amount, &payout.currency);
            let message = format!("this reference names a payout of {is}: use another one");
            row.set(State::OtherPayout, id, message);
        } else if is_dead(payout) {
            let message = format!(
                "the payout of this reference is {}: to pay after all, use another reference",
                payout.status
            );
            row.set(State::NotPaid, id, message);
        } else {
            row.set(State::MadeBefore, id, "");
        }
        return Ok(());
    }
    if row.state == State::MadeBefore {
        // By the word of a person, there may be no id.
        if !row.payout.is_empty() {
            let id = std::mem::take(&mut row.payout);
            let message = format!(
                "the journal has it as {id}, and BitPay does not show it: run it again if that is new, or use another \
                 reference if it is another merchant's"
            );
            row.set(State::Unknown, id, message);
        }
        return Ok(());
    }
    match client.create_payout(&row.request) {
        Ok(made) => {
            row.set(State::Made, made.id.to_string(), "");
            Ok(())
        }
        Err(error) => {
            let state = match error.effect() {
                Effect::Nothing => State::Refused,
                Effect::Happened => State::Made,
                _ => State::Unknown,
            };
            let mut message = error.to_string();
            if state == State::Unknown {
                message += &format!("; look it up: {}", payout::look_up(&reference, option));
            }
            row.set(state, "", message);
            Err(error)
        }
    }
}

/// By what BitPay tells of it. Whom it pays is compared where both are named in the same way.
fn is_of(payout: &Payout, request: &CreatePayout) -> bool {
    let is_payee = match request.payee() {
        Some(Payee::Recipient(id)) => payout.recipient_id.as_ref().is_none_or(|it| *it == id),
        Some(Payee::Shopper(id)) => payout.shopper_id.as_ref().is_none_or(|it| *it == id),
        _ => true,
    };
    let is_currency = payout.currency.same_as(&request.currency);
    is_payee && payout.amount == request.amount && is_currency
}

/// Nobody is paid by it.
fn is_dead(payout: &Payout) -> bool {
    matches!(
        payout.status,
        PayoutStatus::Cancelled | PayoutStatus::Failed
    )
}

/// Failures of one kind have one cause.
fn kind(error: &Error) -> String {
    match error.api() {
        Some(api) => format!("{} {:?}", api.status, api.code),
        None => format!("{:?}", error.effect()),
    }
}

fn conclude(context: &mut Context<'_>, rows: &[Row], path: &Path) -> Result<(), Failure> {
    let count = |state: State| rows.iter().filter(|row| row.state == state).count();
    let counts: Vec<(&str, String)> = State::ALL
        .iter()
        .map(|(state, name)| match count(*state) {
            0 => (*name, String::new()),
            number => (*name, number.to_string()),
        })
        .collect();
    let each: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "line": row.line, "reference": row.request.reference(), "state": row.state,
                "payout": row.payout, "message": row.message,
            })
        })
        .collect();
    let json = json!({ "results": path, "rows": each });
    let mut text = table(&counts);
    let open: BTreeSet<State> = [
        State::Unknown,
        State::OtherPayout,
        State::NotPaid,
        State::Refused,
    ]
    .into();
    for row in rows.iter().filter(|row| open.contains(&row.state)) {
        text += &format!(
            "line {}  {}  {}  {}: {}\n",
            row.line,
            row.request.reference(),
            row.who,
            row.state.name(),
            row.message
        );
    }
    text += &format!("results  {}", path.display());
    context.result(&json, || text);
    let left = rows.len() - count(State::Made) - count(State::MadeBefore);
    let told = format!("{left} of {} payouts were not made", rows.len());
    match (count(State::Unknown), left, count(State::Made)) {
        (0, 0, _) => Ok(()),
        (0, _, 0) => Err(Failure::Refused(told)),
        (0, _, _) => Err(Failure::After(format!(
            "{told}; run it again when you have mended the cause"
        ))),
        (unknown, left, _) => {
            let open = match left - unknown {
                0 => format!("{unknown} of {} payouts", rows.len()),
                others => format!(
                    "{others} of {} payouts were not made, and {unknown}",
                    rows.len()
                ),
            };
            Err(Failure::Open(format!(
                "{open} may have been made or not: run it again to look, which sends none of these twice"
            )))
        }
    }
}
