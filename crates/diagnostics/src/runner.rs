use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use report::{Fact, FactOutcome, Unavailable};
use serde_json::Value;

use crate::{Context, Probe, ProbeError};

/// Most runs of one probe in flight: the press at hand and one that came just before it.
const MAX_IN_FLIGHT: usize = 2;

/// Longest `detail`, in Unicode scalar values.
const MAX_DETAIL_CHARS: usize = 300;

/// Asks every probe side by side and waits until the last has answered or its box (at most `deadline`) has ended.
/// One fact per probe, in the order of `probes`. A probe that hangs is left behind on its thread and is not started
/// again while it hangs.
pub fn diagnose(probes: &[Probe], context: Arc<Context>, deadline: Duration) -> Vec<Fact> {
    diagnose_with(probes, context, deadline, |_| ())
}

/// Like [`diagnose`], and hands over each fact the moment it is there, so that cheap ones need not wait for slow ones.
pub fn diagnose_with(
    probes: &[Probe],
    context: Arc<Context>,
    deadline: Duration,
    on_fact: impl FnMut(&Fact),
) -> Vec<Fact> {
    static IN_FLIGHT: LazyLock<Arc<InFlight>> = LazyLock::new(Arc::default);
    run(&IN_FLIGHT, probes, context, deadline, on_fact)
}

/// Which probes run at this moment, and since when.
#[derive(Debug, Default)]
struct InFlight(Mutex<HashMap<&'static str, Vec<Run>>>);

#[derive(Debug, Clone, Copy)]
struct Run {
    id: u64,
    started: Instant,
}

impl InFlight {
    /// Registers a run, or says why none may start.
    fn start(self: &Arc<Self>, probe: &Probe, now: Instant) -> Result<Ticket, String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = all.entry(probe.name).or_default();
        if let Some(hung) = runs.iter().find(|run| now.duration_since(run.started) > probe.time_box) {
            let seconds = now.duration_since(hung.started).as_secs();
            return Err(format!("an earlier run has been hanging for {seconds} s; not started again"));
        }
        if runs.len() >= MAX_IN_FLIGHT {
            return Err("earlier runs are still in progress; not started again".to_owned());
        }
        let id = runs.iter().map(|run| run.id + 1).max().unwrap_or(0);
        runs.push(Run { id, started: now });
        Ok(Ticket { in_flight: Arc::clone(self), name: probe.name, id })
    }
}

/// Held by a running probe's thread; gives the place back however the run ends.
struct Ticket {
    in_flight: Arc<InFlight>,
    name: &'static str,
    id: u64,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut all = self.in_flight.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runs) = all.get_mut(self.name) {
            runs.retain(|run| run.id != self.id);
        }
    }
}

enum Ended {
    Returned(Result<Value, ProbeError>),
    Panicked(String),
}

fn run(
    in_flight: &Arc<InFlight>,
    probes: &[Probe],
    context: Arc<Context>,
    deadline: Duration,
    mut on_fact: impl FnMut(&Fact),
) -> Vec<Fact> {
    let (sender, receiver) = mpsc::channel::<(usize, Ended, Duration)>();
    let mut facts: Vec<Option<Fact>> = probes.iter().map(|_| None).collect();
    // Index, start and box of every run not yet heard from.
    let mut waiting: Vec<(usize, Instant, Duration)> = Vec::new();

    for (index, probe) in probes.iter().enumerate() {
        let refused = if probe.privacy > context.max_privacy || context.off.contains(probe.name) {
            Some((Unavailable::OffByPolicy, None))
        } else {
            let started = Instant::now();
            match in_flight.start(probe, started) {
                Err(detail) => Some((Unavailable::TimedOut, Some(detail))),
                Ok(ticket) => match spawn(*probe, index, ticket, Arc::clone(&context), sender.clone()) {
                    Err(error) => Some((Unavailable::Failed, Some(format!("start a thread: {error}")))),
                    Ok(()) => {
                        waiting.push((index, started, probe.time_box.min(deadline)));
                        None
                    }
                },
            }
        };
        if let Some((reason, detail)) = refused {
            let fact = unavailable(probe, reason, detail, Duration::ZERO);
            on_fact(&fact);
            facts[index] = Some(fact);
        }
    }
    drop(sender);

    while !waiting.is_empty() {
        let now = Instant::now();
        let next_end = waiting.iter().map(|(_, started, limit)| *started + *limit).min().unwrap_or(now);
        match receiver.recv_timeout(next_end.saturating_duration_since(now)) {
            Ok((index, ended, took)) => {
                // What comes after its box has been told as timed out already.
                if let Some(place) = waiting.iter().position(|(waited, ..)| *waited == index) {
                    waiting.swap_remove(place);
                    let fact = fact_of(&probes[index], ended, took);
                    on_fact(&fact);
                    facts[index] = Some(fact);
                }
            }
            // Disconnected with runs still waited for cannot be: each sends before its sender goes. Were it so, the
            // loop below would tell them as timed out instead of waiting for ever.
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                let now = Instant::now();
                waiting.retain(|(index, started, limit)| {
                    if now < *started + *limit {
                        return true;
                    }
                    let detail = format!("no answer within {} ms", limit.as_millis());
                    let fact = unavailable(&probes[*index], Unavailable::TimedOut, Some(detail), now - *started);
                    on_fact(&fact);
                    facts[*index] = Some(fact);
                    false
                });
            }
        }
    }
    facts.into_iter().flatten().collect()
}

fn spawn(
    probe: Probe,
    index: usize,
    ticket: Ticket,
    context: Arc<Context>,
    sender: mpsc::Sender<(usize, Ended, Duration)>,
) -> std::io::Result<()> {
    thread::Builder::new().name(format!("probe {}", probe.name)).spawn(move || {
        let started = Instant::now();
        let ended = match catch_unwind(AssertUnwindSafe(|| (probe.run)(&context))) {
            Ok(result) => Ended::Returned(result),
            Err(payload) => Ended::Panicked(panic_text(payload.as_ref())),
        };
        // Free the place first: who has the answer may ask again at once.
        drop(ticket);
        // Nobody listens any more when the box ended before: that is what being left behind means.
        let _ = sender.send((index, ended, started.elapsed()));
    })?;
    Ok(())
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

fn fact_of(probe: &Probe, ended: Ended, took: Duration) -> Fact {
    match ended {
        Ended::Returned(Ok(data)) => Fact {
            probe: probe.name.to_owned(),
            outcome: FactOutcome::Ok { data },
            took_ms: millis(took),
            privacy: probe.privacy,
        },
        Ended::Returned(Err(error)) => unavailable(probe, error.reason(), error.detail().map(str::to_owned), took),
        Ended::Panicked(text) => unavailable(probe, Unavailable::Panicked, Some(text), took),
    }
}

fn unavailable(probe: &Probe, reason: Unavailable, detail: Option<String>, took: Duration) -> Fact {
    tracing::debug!(probe = probe.name, ?reason, "probe has no answer");
    Fact {
        probe: probe.name.to_owned(),
        outcome: FactOutcome::Unavailable {
            reason,
            detail: detail.map(|text| text.chars().take(MAX_DETAIL_CHARS).collect()),
        },
        took_ms: millis(took),
        privacy: probe.privacy,
    }
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Utc;
    use report::Privacy;
    use std::sync::Condvar;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Ends a test that hangs; measures nothing.
    const LONG: Duration = Duration::from_secs(300);

    fn quick(_: &Context) -> Result<Value, ProbeError> {
        Ok(serde_json::json!({"answer": 42}))
    }

    fn panicking(_: &Context) -> Result<Value, ProbeError> {
        panic!("the driver returned nonsense")
    }

    fn missing(_: &Context) -> Result<Value, ProbeError> {
        Err(ProbeError::NotPresent("no such device".to_owned()))
    }

    /// A gate tests open at their end, so that a "hanging" thread does not outlive the test for ever.
    struct Gate(Mutex<bool>, Condvar);

    impl Gate {
        const fn new() -> Self {
            Self(Mutex::new(false), Condvar::new())
        }
        fn wait(&self) {
            let mut open = self.0.lock().unwrap();
            while !*open {
                open = self.1.wait(open).unwrap();
            }
        }
        fn open(&self) {
            *self.0.lock().unwrap() = true;
            self.1.notify_all();
        }
    }

    fn probe_named(name: &'static str, time_box: Duration, run: fn(&Context) -> Result<Value, ProbeError>) -> Probe {
        Probe { name, time_box, privacy: Privacy::Technical, run }
    }

    fn context() -> Arc<Context> {
        Arc::new(Context::new(Utc::now()))
    }

    fn reason(fact: &Fact) -> Option<Unavailable> {
        match &fact.outcome {
            FactOutcome::Ok { .. } => None,
            FactOutcome::Unavailable { reason, .. } => Some(*reason),
        }
    }

    #[test]
    fn a_panicking_a_hanging_and_a_missing_probe_leave_the_others_whole() {
        static GATE: Gate = Gate::new();
        fn hanging(_: &Context) -> Result<Value, ProbeError> {
            GATE.wait();
            Ok(Value::Null)
        }
        let probes = [
            probe_named("first", LONG, quick),
            probe_named("panics", LONG, panicking),
            probe_named("hangs", Duration::from_millis(150), hanging),
            probe_named("misses", LONG, missing),
            probe_named("last", LONG, quick),
        ];
        let started = Instant::now();
        let facts = run(&Arc::default(), &probes, context(), LONG, |_| ());
        let took = started.elapsed();
        GATE.open();

        assert_eq!(
            facts.iter().map(|fact| fact.probe.as_str()).collect::<Vec<_>>(),
            ["first", "panics", "hangs", "misses", "last"]
        );
        assert_eq!(facts[0].data().unwrap()["answer"], 42);
        assert_eq!(reason(&facts[1]), Some(Unavailable::Panicked));
        assert_eq!(reason(&facts[2]), Some(Unavailable::TimedOut));
        assert_eq!(reason(&facts[3]), Some(Unavailable::NotPresent));
        assert_eq!(facts[4].data().unwrap()["answer"], 42);
        assert!(took >= Duration::from_millis(150), "the hanging probe had its box: {took:?}");
        assert!(took < LONG, "a hang ends with its own box: {took:?}");
    }

    #[test]
    fn the_deadline_bounds_a_probe_with_a_longer_box() {
        static GATE: Gate = Gate::new();
        fn hanging(_: &Context) -> Result<Value, ProbeError> {
            GATE.wait();
            Ok(Value::Null)
        }
        let started = Instant::now();
        let facts =
            run(&Arc::default(), &[probe_named("hangs", LONG, hanging)], context(), Duration::from_millis(100), |_| ());
        GATE.open();
        assert_eq!(reason(&facts[0]), Some(Unavailable::TimedOut));
        assert!(started.elapsed() < LONG);
    }

    #[test]
    fn a_hung_probe_is_not_started_twice_and_starts_again_once_it_has_ended() {
        static GATE: Gate = Gate::new();
        static STARTS: AtomicUsize = AtomicUsize::new(0);
        fn hanging(_: &Context) -> Result<Value, ProbeError> {
            STARTS.fetch_add(1, Ordering::SeqCst);
            GATE.wait();
            Ok(serde_json::json!({"late": true}))
        }
        let in_flight = Arc::default();
        let probes = [probe_named("hangs", Duration::from_millis(100), hanging), probe_named("quick", LONG, quick)];
        for _ in 0..5 {
            let facts = run(&in_flight, &probes, context(), LONG, |_| ());
            assert_eq!(reason(&facts[0]), Some(Unavailable::TimedOut));
            assert!(facts[1].data().is_some());
        }
        assert_eq!(STARTS.load(Ordering::SeqCst), 1);

        GATE.open();
        let give_up = Instant::now() + LONG;
        let again = [probe_named("hangs", LONG, hanging)];
        loop {
            let facts = run(&in_flight, &again, context(), LONG, |_| ());
            if facts[0].data().is_some() {
                break;
            }
            assert!(Instant::now() < give_up, "the place was never given back");
            thread::yield_now();
        }
    }

    #[test]
    fn presses_in_quick_succession_do_not_pile_up_threads() {
        let in_flight: Arc<InFlight> = Arc::default();
        let probe = probe_named("slow", LONG, quick);
        let now = Instant::now();
        let first = in_flight.start(&probe, now).ok().unwrap();
        let second = in_flight.start(&probe, now).ok().unwrap();
        assert!(in_flight.start(&probe, now).is_err());
        drop(first);
        let third = in_flight.start(&probe, now).ok().unwrap();
        assert_ne!(second.id, third.id);
    }

    #[test]
    fn a_probe_above_the_allowed_privacy_or_turned_off_is_never_started() {
        static STARTS: AtomicUsize = AtomicUsize::new(0);
        fn counting(_: &Context) -> Result<Value, ProbeError> {
            STARTS.fetch_add(1, Ordering::SeqCst);
            Ok(Value::Null)
        }
        let mut context = Context::new(Utc::now());
        context.off.insert("unwanted".to_owned());
        let personal = Probe { privacy: Privacy::Sensitive, ..probe_named("titles", LONG, counting) };
        let facts =
            run(&Arc::default(), &[personal, probe_named("unwanted", LONG, counting)], Arc::new(context), LONG, |_| ());
        assert!(facts.iter().all(|fact| reason(fact) == Some(Unavailable::OffByPolicy)));
        assert_eq!(STARTS.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn cheap_facts_arrive_while_a_slow_one_is_still_awaited() {
        static GATE: Gate = Gate::new();
        fn slow(_: &Context) -> Result<Value, ProbeError> {
            GATE.wait();
            Ok(Value::Null)
        }
        let mut order = Vec::new();
        let probes = [probe_named("slow", LONG, slow), probe_named("cheap", LONG, quick)];
        let facts = run(&Arc::default(), &probes, context(), LONG, |fact| {
            order.push(fact.probe.clone());
            // Only after the cheap one was handed over does the slow one get to end.
            GATE.open();
        });
        assert_eq!(order, ["cheap", "slow"]);
        assert_eq!(facts[0].probe, "slow");
    }
}
