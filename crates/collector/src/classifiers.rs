//! Report → verdict, for each organisation as it wants it: the shipped rules, its own on top, and what its corrections
//! taught the text model. Compiled once, off the async threads, and kept.
//!
//! **When a new version counts.** Where it was activated: for every report that comes after the answer to the activation.
//! On other collectors of the same database: [`limits::CLASSIFIER_CHECK`] later at most. A report is judged by one
//! version from beginning to end; its verdict names it.
//!
//! **When own rules do not work** (after an upgrade that took away what they use), reports are judged by the shipped rules
//! alone, and the log, `doctor` and the page of rules say so. A text model that does not fit a new shipped one is left out
//! until it was learned anew. A report never fails because of either.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use chrono::{DateTime, Utc};
use store::{OrganisationId, Scope, StoreError};
use triage::{Classifier, RuleError};

use crate::limits;

/// What an organisation's reports are judged by.
#[derive(Debug)]
pub struct Active {
    /// It.
    pub classifier: Arc<Classifier>,
    /// Version of the organisation's rules; 0 when it has none.
    pub rules: i64,
    /// Version of its text model; 0 is the shipped one.
    pub model: i64,
    /// Why its rules are not used although they are active; empty when they are.
    pub broken: Vec<RuleError>,
    /// Whether its text model was learned on another shipped one and is not used; it is learned anew.
    pub outdated_model: bool,
}

#[derive(Clone)]
struct Loaded {
    active: Arc<Active>,
    checked_at: DateTime<Utc>,
}

impl Loaded {
    fn is_due(&self, now: DateTime<Utc>) -> bool {
        // A clock that was set back must not keep an old version for ever.
        now < self.checked_at || (now - self.checked_at).to_std().is_ok_and(|age| age >= limits::CLASSIFIER_CHECK)
    }
}

/// The classifiers of all organisations.
pub struct Classifiers {
    shipped: Arc<Classifier>,
    loaded: RwLock<HashMap<OrganisationId, Loaded>>,
    loading: Mutex<HashMap<OrganisationId, Arc<tokio::sync::Mutex<()>>>>,
}

impl Classifiers {
    /// None is loaded yet.
    pub fn new(shipped: Classifier) -> Self {
        Self { shipped: Arc::new(shipped), loaded: RwLock::default(), loading: Mutex::default() }
    }

    /// The shipped rules with the shipped text model.
    pub fn shipped(&self) -> &Arc<Classifier> {
        &self.shipped
    }

    /// What the organisation's reports are judged by now. Never fails: if the database does not answer it is what was
    /// known last, or the shipped one.
    pub async fn of(&self, scope: &Scope, now: DateTime<Utc>) -> Arc<Active> {
        let organisation = scope.organisation_id();
        let known = self.known(organisation);
        let lock = self.lock_of(organisation);
        let _guard = match &known {
            Some(known) if !known.is_due(now) => return Arc::clone(&known.active),
            // Somebody else is looking already: what is known serves until they have found out.
            Some(known) => match lock.try_lock() {
                Ok(guard) => guard,
                Err(_) => return Arc::clone(&known.active),
            },
            None => lock.lock().await,
        };
        match self.known(organisation) {
            Some(known) if !known.is_due(now) => known.active,
            known => self.refresh(scope, now, known).await,
        }
    }

    /// Looks for what is active now, and returns when reports are judged by it.
    pub async fn reload(&self, scope: &Scope, now: DateTime<Utc>) -> Arc<Active> {
        let lock = self.lock_of(scope.organisation_id());
        let _guard = lock.lock().await;
        self.refresh(scope, now, self.known(scope.organisation_id())).await
    }

    fn known(&self, organisation: OrganisationId) -> Option<Loaded> {
        self.loaded.read().unwrap_or_else(PoisonError::into_inner).get(&organisation).cloned()
    }

    fn lock_of(&self, organisation: OrganisationId) -> Arc<tokio::sync::Mutex<()>> {
        let mut loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(loading.entry(organisation).or_default())
    }

    async fn refresh(&self, scope: &Scope, now: DateTime<Utc>, known: Option<Loaded>) -> Arc<Active> {
        let active = match load(scope, &self.shipped, known.as_ref().map(|known| &known.active)).await {
            Ok(active) => active,
            Err(error) => {
                tracing::warn!(%error, "which rules are active could not be read");
                return known.map_or_else(|| Arc::new(Active::shipped(&self.shipped)), |known| known.active);
            }
        };
        let loaded = Loaded { active: Arc::clone(&active), checked_at: now };
        self.loaded.write().unwrap_or_else(PoisonError::into_inner).insert(scope.organisation_id(), loaded);
        active
    }
}

impl Active {
    fn shipped(shipped: &Arc<Classifier>) -> Self {
        Self { classifier: Arc::clone(shipped), rules: 0, model: 0, broken: Vec::new(), outdated_model: false }
    }

    /// Compiles what is active of an organisation, without a cache.
    ///
    /// # Errors
    /// [`StoreError`], when it cannot be read.
    pub async fn read(scope: &Scope, shipped: &Arc<Classifier>) -> Result<Arc<Self>, StoreError> {
        load(scope, shipped, None).await
    }
}

async fn load(
    scope: &Scope,
    shipped: &Arc<Classifier>,
    known: Option<&Arc<Active>>,
) -> Result<Arc<Active>, StoreError> {
    let (rules, model) = (scope.active_rule_version().await?, scope.active_model_version().await?);
    if let Some(known) = known.filter(|known| (known.rules, known.model) == (rules, model)) {
        return Ok(Arc::clone(known));
    }
    let (rules, overlay) = (scope.active_rule_set().await?, scope.active_overlay().await?);
    if rules.is_none() && overlay.is_none() {
        return Ok(Arc::new(Active::shipped(shipped)));
    }
    let (shipped, organisation) = (Arc::clone(shipped), scope.organisation_id());
    let compiled = tokio::task::spawn_blocking(move || {
        let toml = rules.as_ref().map(|rules| rules.toml.as_str());
        // One that was learned from nothing is the shipped one.
        let bytes = overlay.as_ref().map(|(_, bytes)| bytes.as_slice()).filter(|bytes| !bytes.is_empty());
        let versions = (rules.as_ref().map_or(0, |rules| rules.version), overlay.as_ref().map_or(0, |(v, _)| *v));
        compile(organisation, &shipped, toml, bytes, versions)
    });
    compiled.await.map(Arc::new).map_err(|error| StoreError::Corrupt(format!("compiling rules failed: {error}")))
}

fn compile(
    organisation: OrganisationId,
    shipped: &Arc<Classifier>,
    toml: Option<&str>,
    overlay: Option<&[u8]>,
    (rules, model): (i64, i64),
) -> Active {
    let active = |classifier: Classifier, broken, outdated_model| {
        tracing::info!(%organisation, rules, model, outdated_model, version = classifier.version(), "rules are active");
        Active { classifier: Arc::new(classifier), rules, model, broken, outdated_model }
    };
    let (mut own, mut learned) = (toml, overlay);
    let mut broken = Vec::new();
    // At most twice: rules and model are set aside one after the other.
    while own.is_some() || learned.is_some() {
        match Classifier::with_own_and_learned(own, learned) {
            Ok(classifier) => return active(classifier, broken, learned.is_none() && overlay.is_some()),
            Err(errors) if learned.is_some() && is_of_the_model(&errors) => learned = None,
            Err(errors) => {
                let why = errors.first().map(ToString::to_string).unwrap_or_default();
                tracing::error!(%organisation, rules, %why, "active rules do not work; the shipped ones judge");
                own = None;
                broken = errors;
            }
        }
    }
    let outdated_model = overlay.is_some();
    Active { classifier: Arc::clone(shipped), rules, model, broken, outdated_model }
}

/// Whether it is not the rules that are wrong, but what corrections taught another shipped model.
fn is_of_the_model(errors: &[RuleError]) -> bool {
    errors.iter().all(|error| error.file == triage::LEARNED)
}
