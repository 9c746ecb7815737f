//! Every incident at every size at which it can be found, and what has to be said of it.

use golive::demo::week::{Size, What};
use golive::launch::outcome::Level;
use golive::week::panel::Topic;

use Size::{Large, Small};

use super::incidents::Case;

const DELIVERY: Case = Case {
    name: "",
    what: || What::Answers(500),
    at: -1.0,
    hours: 40.0 / 60.0,
    size: Size::Medium,
    topic: Topic::DeliveryRate,
    key: "deliveries-failing",
    level: Level::Blocking,
    within: 10,
    since: Some(6),
    over: Some(30),
    // Where few events come or a last try meets a hiccup, some are lost indeed.
    beside: &["delivered-below-limit", "first-try-", "retries-", "given-up"],
    history: 9,
    days: 3,
};

const CODES: Case = Case {
    topic: Topic::FailureCodes,
    at: -6.0,
    key: "code-up:issuer_decline",
    hours: 12.0,
    within: 11 * 60,
    since: Some(150),
    over: Some(900),
    beside: &["failed-share-up", "code-up", "codes-up"],
    history: 16,
    days: 3,
    ..DELIVERY
};

const CHURN: Case = Case {
    topic: Topic::Churn,
    hours: 5.0 * 24.0,
    within: 4 * 24 * 60,
    history: 23,
    days: 6,
    since: None,
    over: None,
    ..CODES
};

const ERRORS: Case = Case {
    topic: Topic::RequestCorrelation,
    hours: 4.0 * 24.0,
    within: 90 * 60,
    history: 5,
    days: 5,
    since: None,
    over: None,
    ..CODES
};

fn drift() -> What {
    let up = [("invalid_cvv", 6.0), ("invalid_pan", 6.0), ("card_expired", 5.0)];
    What::Codes([&up[..], &[("antifraud_error", 6.0), ("issuer_decline", 3.0)]].concat())
}

fn up(code: &'static str, times: f64) -> What {
    What::Codes(vec![(code, times)])
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Case> {
    DELIVERIES.iter().chain(OTHERS)
}

const DELIVERIES: &[Case] = &[
    Case { name: "outage, 500", ..DELIVERY },
    Case { name: "outage, 500", ..DELIVERY }.at_size(Large, 5),
    Case { name: "outage, 500, for 8 h", hours: 8.0, over: Some(360), since: Some(90), ..DELIVERY }
        .at_size(Small, 240),
    Case { name: "outage, no answers", what: || What::NeverAnswers, ..DELIVERY },
    Case { name: "outage, no answers", what: || What::NeverAnswers, ..DELIVERY }.at_size(Large, 5),
    Case {
        name: "some refused",
        what: || What::AnswersSome(401, 0.15),
        hours: 6.0,
        within: 90,
        since: Some(60),
        over: Some(600),
        ..DELIVERY
    },
    Case {
        name: "some refused",
        what: || What::AnswersSome(401, 0.15),
        hours: 6.0,
        since: Some(10),
        ..DELIVERY
    }
    .at_size(Large, 10),
    Case {
        name: "tries run out",
        hours: 9.0,
        key: "retries-running-out",
        within: 90,
        since: Some(6),
        over: None,
        beside: &["deliveries-failing", "retries-over", "given-up", "delivered-", "first-try-"],
        ..DELIVERY
    },
    Case { name: "slow handler", what: || What::Slow, hours: 1.0, ..DELIVERY },
    Case { name: "slow handler", what: || What::Slow, hours: 1.0, ..DELIVERY }.at_size(Large, 5),
    Case {
        name: "silence",
        what: || What::Swallowed,
        hours: 6.0,
        key: "gap",
        within: 60,
        since: Some(10),
        over: Some(10),
        ..DELIVERY
    },
    Case {
        name: "silence",
        what: || What::Swallowed,
        hours: 3.0,
        key: "gap",
        since: Some(6),
        over: Some(10),
        ..DELIVERY
    }
    .at_size(Large, 10),
    Case {
        name: "silence, for 48 h",
        what: || What::Swallowed,
        hours: 48.0,
        key: "gap",
        since: Some(400),
        over: Some(600),
        ..DELIVERY
    }
    .at_size(Small, 26 * 60),
    Case {
        name: "not reached",
        what: || What::Unreachable,
        hours: 3.0,
        key: "gap",
        within: 60,
        since: Some(10),
        over: Some(10),
        ..DELIVERY
    },
    Case {
        name: "lost finals",
        what: || What::Lost(0.1),
        hours: 8.0,
        key: "events-missing",
        level: Level::Advisory,
        within: 12 * 60,
        since: None,
        over: None,
        ..DELIVERY
    },
    Case {
        name: "clock 7 min ahead",
        what: || What::Clock(7 * 60_000),
        hours: 10.0,
        key: "clock",
        level: Level::Advisory,
        within: 60,
        since: Some(25),
        over: Some(60),
        ..DELIVERY
    },
    Case {
        name: "clock 7 min behind",
        what: || What::Clock(-7 * 60_000),
        hours: 10.0,
        key: "clock",
        level: Level::Advisory,
        within: 60,
        since: Some(25),
        over: Some(60),
        ..DELIVERY
    },
];

const OTHERS: &[Case] = &[
    Case { name: "issuer trouble", what: || up("issuer_decline", 6.0), ..CODES },
    Case { name: "issuer trouble", what: || up("issuer_decline", 4.0), ..CODES }.at_size(Large, 30),
    Case {
        name: "provider trouble",
        what: || up("provider_error", 20.0),
        key: "code-up:provider_error",
        ..CODES
    },
    Case {
        name: "provider trouble",
        what: || up("provider_error", 6.0),
        key: "code-up:provider_error",
        ..CODES
    }
    .at_size(Large, 60),
    Case { name: "config drift", what: drift, key: "codes-up|failed-share-up|code-up", ..CODES },
    Case { name: "config drift", what: drift, key: "codes-up|failed-share-up|code-up", ..CODES }
        .at_size(Large, 30),
    Case {
        name: "card testing",
        what: || What::CardTesting(90.0),
        key: "code-up:|codes-up|failed-share-up",
        hours: 4.0,
        within: 60,
        ..CODES
    },
    Case {
        name: "card testing",
        what: || What::CardTesting(1_500.0),
        key: "code-up:|codes-up|failed-share-up",
        hours: 4.0,
        ..CODES
    }
    .at_size(Large, 60),
    Case { name: "abandoned pages", what: || up("expired", 6.0), key: "code-up:expired", ..CODES },
    Case {
        name: "a rare code, three times",
        what: || up("general_fatal_error", 3.0),
        key: "code-up:general_fatal_error",
        hours: 24.0,
        since: Some(600),
        over: Some(1_440),
        ..CODES
    }
    .at_size(Large, 18 * 60),
    Case {
        name: "cancelled at once",
        what: || What::CancelsAtOnce,
        key: "cancelled-without-retry",
        ..CHURN
    },
    Case {
        name: "cancelled at once",
        what: || What::CancelsAtOnce,
        key: "cancelled-without-retry",
        ..CHURN
    }
    .at_size(Large, 24 * 60),
    Case {
        name: "retries never come",
        what: || What::RetriesNeverCome,
        key: "retries-overdue",
        ..CHURN
    },
    Case {
        name: "retries never come",
        what: || What::RetriesNeverCome,
        key: "retries-overdue",
        ..CHURN
    }
    .at_size(Large, 24 * 60),
    Case {
        name: "no request ids",
        what: || What::NoRequestIds,
        key: "api-errors-unknown",
        ..ERRORS
    },
    Case {
        name: "no request ids",
        what: || What::NoRequestIds,
        key: "api-errors-unknown",
        ..ERRORS
    }
    .at_size(Large, 6 * 60),
    Case {
        name: "errors not logged",
        what: || What::HidesErrors,
        key: "api-errors-unknown",
        ..ERRORS
    },
    Case {
        name: "errors not logged",
        what: || What::HidesErrors,
        key: "api-errors-unknown",
        ..ERRORS
    }
    .at_size(Large, 6 * 60),
];
