//! Whether we live, and whether we can serve: for load balancers and orchestrators.
use crate::http::{AppState, Refusal, deadline_from_now, run_blocking};
use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use domain::shared::{StoreError, StoreHealth};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

type Check = Box<dyn Fn() -> Result<StoreHealth, StoreError> + Send + Sync>;

/// Ready while everything that a request needs answers, and while we are not leaving.
pub struct Readiness {
    check: Check,
    leaving: AtomicBool,
}

impl Readiness {
    pub fn new(check: impl Fn() -> Result<StoreHealth, StoreError> + Send + Sync + 'static) -> Self {
        Self { check: Box::new(check), leaving: AtomicBool::new(false) }
    }
    /// From now on no new work should be sent here.
    pub fn leave(&self) {
        self.leaving.store(true, Relaxed);
    }
}

pub fn routes(cfg: &mut ServiceConfig) {
    for path in ["/health/live", "/health/live/"] {
        cfg.service(web::resource(path).route(web::get().to(live)).route(web::head().to(live)));
    }
    for path in ["/health/ready", "/health/ready/"] {
        cfg.service(web::resource(path).route(web::get().to(ready)).route(web::head().to(ready)));
    }
}

/// Answers as long as the process does, whatever the database says: a restart would not help it.
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

async fn ready(readiness: Data<Readiness>, state: Data<AppState>) -> Result<HttpResponse, Refusal> {
    if readiness.leaving.load(Relaxed) {
        return Err(Refusal::UNAVAILABLE);
    }
    let health = run_blocking(&state.threads.reserved, deadline_from_now(), move || {
        (readiness.check)().map_err(Refusal::from)
    })
    .await?;
    // Degraded is no reason to send nobody here: reads are most of what is asked.
    let status = match health {
        StoreHealth::Whole => "ready",
        StoreHealth::ReadOnly => "degraded",
    };
    Ok(HttpResponse::Ok().json(json!({ "status": status })))
}
