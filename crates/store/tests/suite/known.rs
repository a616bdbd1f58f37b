//! What is known already: alerts of monitoring, and the tokens it calls with.

use std::sync::Arc;

use report::{LocalText, NoticeOrigin};
use store::{AlertOutcome, NewNotice};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{World, at, hash, organisation};

on_both_databases! {
    an_alert_is_one_notice_however_often_it_is_told
    an_alert_of_another_organisation_is_another
    a_notice_that_was_closed_stays_closed_until_its_alert_begins_anew
    an_alert_not_heard_again_is_over_and_one_heard_goes_on
    a_monitoring_token_works_until_it_is_revoked
}

fn alert(key: &str, title: &str) -> NewNotice {
    NewNotice {
        id: Uuid::now_v7(),
        title: LocalText::new(title, title),
        origin: NoticeOrigin::Monitoring,
        external_key: Some(key.to_owned()),
        ends_at: None,
        ..crate::isolation::notice()
    }
}

async fn an_alert_is_one_notice_however_often_it_is_told(world: Arc<World>) {
    let scope = &world.scope;
    let told = (0..20).map(|_| {
        let scope = scope.clone();
        tokio::spawn(async move { scope.alert_firing(&alert("a", "Mail is down"), at(1)).await.unwrap() })
    });
    let mut opened = 0;
    for told in told.collect::<Vec<_>>() {
        opened += usize::from(matches!(told.await.unwrap(), AlertOutcome::Opened(_)));
    }
    let open = scope.list_open_notices(at(2)).await.unwrap();
    assert_eq!((opened, open.len(), open[0].origin), (1, 1, NoticeOrigin::Monitoring));
    let changed = scope.alert_firing(&alert("a", "Mail is slow"), at(3)).await.unwrap();
    let AlertOutcome::Changed(changed) = changed else { panic!("{changed:?}") };
    assert_eq!((changed.id, changed.title.en.as_str()), (open[0].id, "Mail is slow"));
    assert_eq!(scope.list_open_notices(at(3)).await.unwrap(), [changed]);
    assert!(scope.alert_resolved("a", at(4)).await.unwrap());
    assert!(!scope.alert_resolved("a", at(4)).await.unwrap());
    assert!(scope.list_open_notices(at(5)).await.unwrap().is_empty());
    let anew = NewNotice { starts_at: at(6), ..alert("a", "Mail is down") };
    let again = scope.alert_firing(&anew, at(6)).await.unwrap();
    let AlertOutcome::Opened(again) = again else { panic!("{again:?}") };
    assert_ne!(again.id, open[0].id, "another outage, another notice");
}

async fn a_notice_that_was_closed_stays_closed_until_its_alert_begins_anew(world: Arc<World>) {
    let scope = &world.scope;
    let since = |second| NewNotice { starts_at: at(second), ..alert("a", "Mail is down") };
    let AlertOutcome::Opened(false_alarm) = scope.alert_firing(&since(1), at(2)).await.unwrap() else { panic!() };
    scope.close_notice(false_alarm.id, at(3)).await.unwrap();
    let repeated = scope.alert_firing(&since(1), at(4)).await.unwrap();
    assert!(matches!(&repeated, AlertOutcome::Over(notice) if notice.id == false_alarm.id), "{repeated:?}");
    assert!(scope.list_open_notices(at(4)).await.unwrap().is_empty());

    // It ended and began again, and only the beginning was told.
    let anew = scope.alert_firing(&since(5), at(6)).await.unwrap();
    assert!(matches!(&anew, AlertOutcome::Opened(notice) if notice.id != false_alarm.id), "{anew:?}");
    assert!(scope.alert_resolved("a", at(7)).await.unwrap());
    // Another sender of the same alert comes too late.
    assert!(matches!(scope.alert_firing(&since(5), at(8)).await.unwrap(), AlertOutcome::Over(_)));

    // The open notice is of the newest beginning: closing it closes that.
    let AlertOutcome::Opened(third) = scope.alert_firing(&since(9), at(9)).await.unwrap() else { panic!() };
    assert!(matches!(scope.alert_firing(&since(10), at(10)).await.unwrap(), AlertOutcome::Changed(_)));
    scope.close_notice(third.id, at(11)).await.unwrap();
    assert!(matches!(scope.alert_firing(&since(10), at(12)).await.unwrap(), AlertOutcome::Over(_)));
}

async fn an_alert_not_heard_again_is_over_and_one_heard_goes_on(world: Arc<World>) {
    let scope = &world.scope;
    let until = |second| NewNotice { ends_at: Some(at(second)), ..alert("a", "Mail is down") };
    let AlertOutcome::Opened(opened) = scope.alert_firing(&until(10), at(1)).await.unwrap() else { panic!() };
    assert!(matches!(scope.alert_firing(&until(20), at(2)).await.unwrap(), AlertOutcome::Same(_)));
    assert_eq!(scope.list_open_notices(at(19)).await.unwrap().len(), 1);
    assert!(scope.list_open_notices(at(20)).await.unwrap().is_empty());
    let AlertOutcome::Same(heard) = scope.alert_firing(&until(40), at(30)).await.unwrap() else { panic!() };
    assert_eq!(heard.id, opened.id, "the same outage, told late");
    assert_eq!(scope.list_open_notices(at(30)).await.unwrap(), [heard]);
}

async fn an_alert_of_another_organisation_is_another(world: Arc<World>) {
    let south = organisation(&world.store, "South").await;
    world.scope.alert_firing(&alert("a", "Mail is down"), at(1)).await.unwrap();
    assert!(!south.alert_resolved("a", at(2)).await.unwrap());
    assert!(matches!(south.alert_firing(&alert("a", "x"), at(2)).await.unwrap(), AlertOutcome::Opened(_)));
    assert!(south.alert_resolved("a", at(3)).await.unwrap());
    assert_eq!(world.scope.list_open_notices(at(4)).await.unwrap().len(), 1);
}

async fn a_monitoring_token_works_until_it_is_revoked(world: Arc<World>) {
    let id = Uuid::now_v7();
    let made = world.scope.create_monitoring_token(id, hash("t"), "alertmanager", at(0)).await.unwrap();
    assert_eq!(world.store.monitoring_token_by_hash(hash("t")).await.unwrap(), Some(made.clone()));
    assert_eq!(world.store.monitoring_token_by_hash(hash("other")).await.unwrap(), None);
    assert_eq!(world.scope.list_monitoring_tokens().await.unwrap(), [made]);
    let south = organisation(&world.store, "South").await;
    assert!(south.list_monitoring_tokens().await.unwrap().is_empty());
    assert!(matches!(south.revoke_monitoring_token(id, at(1)).await, Err(store::StoreError::NotFound)));
    world.scope.revoke_monitoring_token(id, at(1)).await.unwrap();
    assert_eq!(world.store.monitoring_token_by_hash(hash("t")).await.unwrap(), None);
}
