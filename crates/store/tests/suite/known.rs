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
    let again = scope.alert_firing(&alert("a", "Mail is down"), at(6)).await.unwrap();
    let AlertOutcome::Opened(again) = again else { panic!("{again:?}") };
    assert_ne!(again.id, open[0].id, "another outage, another notice");
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
