//! One organisation sees nothing of another, whichever function it asks and whatever ids it knows.

use std::sync::Arc;

use bytes::Bytes;
use report::{Category, FollowUpKind, LocalText, NoticeKind, NoticeOrigin};
use store::{Ingested, NewNotice, NewSession, StoreError, TicketCounts, TicketView};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{World, at, follow_up, hash, info, organisation, person, queue, token};

on_both_databases! {
    another_organisation_reads_nothing
    another_organisation_changes_nothing
    notices_count_the_devices_of_their_own_organisation
}

pub fn notice() -> NewNotice {
    NewNotice {
        id: Uuid::now_v7(),
        kind: NoticeKind::MajorIncident,
        title: LocalText::new("Mail is down", "Почта не работает"),
        category: Category::Email,
        keywords: vec!["почта".to_owned()],
        factors: Vec::new(),
        ticket: None,
        origin: NoticeOrigin::Staff,
        external_key: None,
        starts_at: at(0),
        ends_at: Some(at(100)),
        next_news_at: None,
        created_by: None,
    }
}

async fn another_organisation_reads_nothing(world: Arc<World>) {
    let sent = world.report(0, "s").with_pictures(1);
    sent.store(&world.scope).await;
    world.scope.take_ticket(1, world.anna, false, at(1)).await.unwrap();
    world.scope.create_notice(&notice(), at(0)).await.unwrap();
    token(&world.scope, "t", None, None).await;
    let south = organisation(&world.store, "South").await;
    let id = sent.report.id;
    assert!(south.find_report(id).await.unwrap().is_none());
    assert!(south.find_report_body(id).await.unwrap().is_none());
    assert!(south.find_receipt_row(id).await.unwrap().is_none());
    assert!(south.find_attachment(id, 0).await.unwrap().is_none());
    assert!(south.find_ticket(1).await.unwrap().is_none());
    assert!(south.find_ticket_summary(1).await.unwrap().is_none());
    assert!(south.find_staff(world.anna).await.unwrap().is_none());
    for view in [TicketView::Open, TicketView::Mine, TicketView::Unassigned, TicketView::Resolved] {
        assert!(south.list_tickets(&queue(view, world.anna)).await.unwrap().items.is_empty());
    }
    assert_eq!(south.count_tickets(world.anna).await.unwrap(), TicketCounts::default());
    assert!(south.events_for_device(world.device, 0, 100).await.unwrap().events.is_empty());
    assert!(south.changes_since(0, 100).await.unwrap().is_empty());
    assert_eq!(south.last_change().await.unwrap(), 0);
    assert!(south.list_devices(None, 100).await.unwrap().is_empty());
    assert!(south.list_staff().await.unwrap().is_empty());
    assert!(south.list_enrolment_tokens().await.unwrap().is_empty());
    assert!(south.list_open_notices(at(1)).await.unwrap().is_empty());
}

async fn another_organisation_changes_nothing(world: Arc<World>) {
    let sent = world.report(0, "s").with_pictures(1);
    sent.store(&world.scope).await;
    let before = world.scope.find_ticket(1).await.unwrap().unwrap();
    let open = world.scope.create_notice(&notice(), at(0)).await.unwrap();
    let token = token(&world.scope, "t", None, None).await;
    let south = organisation(&world.store, "South").await;
    let stranger = person(&south, "stranger").await;
    let id = sent.report.id;
    let undo = follow_up(FollowUpKind::Withdraw);
    let session = NewSession { token_hash: hash("x"), staff_id: world.anna, expires_at: at(100) };
    let refused = [
        south.attachment_stored(id, 0, at(1)).await,
        south.follow_up(world.device, id, &undo, None, at(1)).await.map(drop),
        south.take_ticket(1, stranger, true, at(1)).await.map(drop),
        south.take_ticket(1, world.anna, true, at(1)).await.map(drop),
        south.release_ticket(1, stranger, at(1)).await.map(drop),
        south.reply_to_ticket(1, stranger, "x", true, at(1)).await.map(drop),
        south.resolve_ticket(1, stranger, "x", at(1)).await.map(drop),
        south.reopen_ticket(1, stranger, at(1)).await.map(drop),
        // Somebody of another organisation cannot act here either.
        world.scope.take_ticket(1, stranger, true, at(1)).await.map(drop),
        south.close_notice(open.id, at(1)).await,
        south.revoke_device(world.device, at(1)).await,
        south.device_seen(world.device, &info("X"), at(1)).await,
        south.revoke_enrolment_token(token, at(1)).await,
        south.set_password_hash(world.anna, "x").await,
        south.disable_staff(world.anna, at(1)).await,
        south.create_session(&session, at(1)).await,
    ];
    for (place, refused) in refused.iter().enumerate() {
        assert!(matches!(refused, Err(StoreError::NotFound)), "call {place}: {refused:?}");
    }
    assert_eq!(sent.ingest(&south).await.unwrap(), Ingested::IdReused);
    let after = world.scope.find_ticket(1).await.unwrap().unwrap();
    assert_eq!((after.summary, after.timeline), (before.summary, before.timeline));
    assert!(world.store.device_by_id(world.device).await.unwrap().unwrap().revoked_at.is_none());
    assert!(world.scope.find_staff(world.anna).await.unwrap().unwrap().disabled_at.is_none());
    assert_eq!(world.scope.list_open_notices(at(1)).await.unwrap().len(), 1);
    let blob = store::BlobKey { organisation_id: world.scope.organisation_id(), report_id: id, n: 0 };
    world.store.blobs().put(blob, Bytes::from_static(b"abc")).await.unwrap();
    let elsewhere = store::BlobKey { organisation_id: south.organisation_id(), ..blob };
    assert!(!world.store.blobs().exists(elsewhere).await.unwrap());
}

async fn notices_count_the_devices_of_their_own_organisation(world: Arc<World>) {
    let known = world.scope.create_notice(&notice(), at(0)).await.unwrap();
    let second = crate::support::device(&world.scope, "PC-2").await;
    for (device, seconds) in [(world.device, 1), (world.device, 2), (second, 3)] {
        let mut sent = world.report(seconds, "s");
        sent.device = device;
        sent.notice = Some(known.clone());
        assert_eq!(sent.store(&world.scope).await.notice, Some(known.clone()));
        assert_eq!(world.scope.find_receipt_row(sent.report.id).await.unwrap().unwrap().notice, Some(known.clone()));
    }
    let open = world.scope.list_open_notices(at(99)).await.unwrap();
    assert_eq!((open.len(), open[0].id, open[0].affected), (1, known.id, 2));
    assert!(world.scope.list_open_notices(at(100)).await.unwrap().is_empty(), "it is over");
    world.scope.close_notice(known.id, at(50)).await.unwrap();
    assert!(world.scope.list_open_notices(at(51)).await.unwrap().is_empty(), "it is closed");
}
