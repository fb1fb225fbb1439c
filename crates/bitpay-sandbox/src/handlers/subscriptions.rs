//! Subscriptions: made and changed. They send no bills here.

use bitpay_core::ResourceToken;
use bitpay_core::id::SubscriptionId;
use bitpay_core::model::bill::DueDate;
use bitpay_core::model::subscription::{
    BillData, CreateSubscription, Schedule, Subscription, SubscriptionStatus, UpdateSubscription,
};
use bitpay_core::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::caller::Caller;
use crate::handlers::bills::instant;
use crate::reply::Refusal;

/// A subscription, and who made it.
#[derive(Deserialize, Serialize)]
pub(crate) struct SubscriptionRecord {
    pub(crate) subscription: Subscription,
    /// The token that made it.
    pub(crate) maker: usize,
}

/// As BitPay writes a schedule: six fields as of cron, seconds first.
fn cron(schedule: Schedule) -> Schedule {
    match schedule {
        Schedule::Weekly => "0 0 0 * * 1".into(),
        Schedule::Monthly => "0 0 0 1 * *".into(),
        Schedule::Quarterly => "0 0 0 1 */3 *".into(),
        Schedule::Yearly => "0 0 0 1 1 *".into(),
        other => other,
    }
}

/// Six fields, each of what cron knows.
fn is_schedule(schedule: &Schedule) -> bool {
    let mut fields = schedule.as_str().split(' ');
    let known = |field: &str| {
        !field.is_empty()
            && field
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"*/,-?".contains(&b))
    };
    fields.clone().count() == 6 && fields.all(known)
}

impl Engine {
    pub(crate) fn find_subscription(
        &self,
        id: &SubscriptionId,
    ) -> Result<&SubscriptionRecord, Refusal> {
        let index = self.subscription_index(id)?;
        let record = self.subscriptions.get(index);
        record.ok_or_else(Refusal::unknown_path)
    }

    fn subscription_index(&self, id: &SubscriptionId) -> Result<usize, Refusal> {
        self.subscriptions
            .iter()
            .position(|record| record.subscription.id == *id)
            .ok_or_else(Refusal::unknown_path)
    }

    pub(crate) fn make_subscription(
        &mut self,
        caller: &Caller,
        request: CreateSubscription,
    ) -> Result<Subscription, Refusal> {
        request.check()?;
        let schedule = cron(request.schedule);
        if !is_schedule(&schedule) {
            return Err(Refusal::invalid_param("schedule"));
        }
        let maker = self.maker(caller).ok_or_else(Refusal::invalid_token)?;
        let token = self.random.resource_token();
        let data = complete(request.bill_data);
        let mut subscription = Subscription::new(self.random.id(), data);
        subscription.status = Some(request.status.unwrap_or(SubscriptionStatus::Draft));
        subscription.next_delivery = self.next_midnight(&schedule);
        subscription.schedule = Some(schedule);
        subscription.created_date = Some(self.now);
        subscription.token = Some(ResourceToken::new(&token));
        let index = self.subscriptions.len();
        self.index.subscription(index, &subscription);
        self.subscriptions.push(SubscriptionRecord {
            subscription: subscription.clone(),
            maker,
        });
        Ok(subscription)
    }

    /// The next midnight of a schedule that has a name; other schedules are not worked out here.
    fn next_midnight(&self, schedule: &Schedule) -> Option<Timestamp> {
        let mut day = DueDate::from(self.now).day().tomorrow().ok()?;
        let due = |day: Date| match schedule.as_str() {
            "0 0 0 * * 1" => Some(day.weekday().to_monday_one_offset() == 1),
            "0 0 0 1 * *" => Some(day.day() == 1),
            "0 0 0 1 */3 *" => Some(day.day() == 1 && day.month() % 3 == 1),
            "0 0 0 1 1 *" => Some(day.day() == 1 && day.month() == 1),
            _ => None,
        };
        while !due(day)? {
            day = day.tomorrow().ok()?;
        }
        match instant(day.into()) {
            DueDate::At(time) => Some(time),
            DueDate::Day(_) => None,
        }
    }

    pub(crate) fn subscriptions_that(
        &self,
        status: Option<&SubscriptionStatus>,
    ) -> Vec<Subscription> {
        self.subscriptions
            .iter()
            .map(|record| &record.subscription)
            .filter(|subscription| status.is_none() || subscription.status.as_ref() == status)
            .cloned()
            .collect()
    }

    pub(crate) fn change_subscription(
        &mut self,
        request: UpdateSubscription,
    ) -> Result<Subscription, Refusal> {
        let index = self.subscription_index(&request.id)?;
        request.check()?;
        let schedule = request.schedule.map(cron);
        if schedule.as_ref().is_some_and(|it| !is_schedule(it)) {
            return Err(Refusal::invalid_param("schedule"));
        }
        let next = schedule.as_ref().and_then(|it| self.next_midnight(it));
        let record = self.subscriptions.get_mut(index);
        let subscription = match record {
            Some(record) => &mut record.subscription,
            None => return Err(Refusal::unknown_path()),
        };
        if subscription.token.as_ref() != Some(&request.token) {
            return Err(Refusal::invalid_token());
        }
        if let Some(status) = request.status {
            subscription.status = Some(status);
        }
        if schedule.is_some() {
            subscription.schedule = schedule;
            subscription.next_delivery = next;
        }
        if let Some(data) = request.bill_data {
            subscription.bill_data = complete(data);
        }
        Ok(subscription.clone())
    }
}

/// What BitPay adds to the bill of a subscription.
fn complete(mut data: BillData) -> BillData {
    data.due_date = data.due_date.map(instant);
    data.email_bill = Some(data.email_bill != Some(false));
    data.merchant = Some(Engine::MERCHANT.to_owned());
    data
}
