//! No statement on the way of a report, nor of the work that follows it, walks over what is stored: each finds its rows by
//! an index that leads to few. So a report costs the same with a thousand stored and with a million.
//!
//! The databases are asked for their plans (`EXPLAIN`) of the very statements that were sent.

use std::collections::BTreeSet;

use bytes::Bytes;
use report::{Category, Dimension, Factor, FollowUpKind, LocalText, NoticeOrigin};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;
use store::{
    Backend, Correction, GroupingStep, ModelScores, NewMajor, NewNotice, NewRuleSet, NewTextModel, ReportFactors,
    Scope, ScreenReading, VerdictBasis,
};
use uuid::Uuid;

use crate::grouping::proposal;
use crate::statements::Counted;
use crate::support::{Sent, at, device, follow_up, info, organisation, person};

/// Tables that do not grow with reports.
const SMALL: [&str; 5] = ["organisation", "staff", "enrolment_token", "detector_state", "schema_version"];
/// Columns in which many rows, in time most of a table, are alike.
const BROAD: [&str; 9] =
    ["organisation_id", "queue", "status", "category", "dimension", "kind", "joined", "withdrawn_at", "undone"];
/// Counted upwards: what is read from a place on, or the newest of all, is read in the order of an index.
const PLACES: [&str; 4] = ["seq", "revision", "version", "closed_at"];

/// How a statement comes to rows of a table: by columns that are equal to something, and by ranges.
#[derive(Debug)]
struct Access {
    table: String,
    equal: Vec<String>,
    ranges: Vec<String>,
    plan: String,
}

impl Access {
    fn walks(&self, statement: &str) -> bool {
        let narrow = self.equal.iter().any(|column| !BROAD.contains(&column.as_str()));
        let from_a_place = self.ranges.iter().any(|column| PLACES.contains(&column.as_str()));
        let newest = PLACES.iter().any(|column| statement.contains(&format!(r#"."{column}" DESC LIMIT"#)));
        !SMALL.contains(&self.table.as_str()) && !narrow && !from_a_place && !newest
    }
}

/// `(a=? AND b>? AND c<?)`, of SQLite's plans.
fn sqlite_access(detail: &str) -> Option<Access> {
    let (how, rest) = detail.split_once(' ')?;
    let table = rest.split(' ').next()?.to_owned();
    if !["SCAN", "SEARCH"].contains(&how) || table.starts_with(|first: char| !first.is_ascii_lowercase()) {
        return None;
    }
    let bounds = rest.rsplit_once('(').map_or("", |(_, bounds)| bounds.trim_end_matches(')'));
    let (mut equal, mut ranges) = (Vec::new(), Vec::new());
    for bound in bounds.split(" AND ").filter(|bound| !bound.is_empty()) {
        match bound.split_once(['=', '<', '>']) {
            Some((column, _)) if bound.contains('=') => equal.push(column.to_owned()),
            Some((column, _)) => ranges.push(column.to_owned()),
            None => {}
        }
    }
    Some(Access { table, equal, ranges, plan: detail.to_owned() })
}

async fn of_sqlite(db: &DatabaseConnection, statement: &Statement) -> Vec<Access> {
    let mut values = statement.values.clone().map(|values| values.0).unwrap_or_default().into_iter();
    let mut found = Vec::new();
    // The statements of a batch stand in one text; their values are never written into it.
    for sql in statement.sql.split("; ") {
        let own: Vec<_> = values.by_ref().take(sql.matches('?').count()).collect();
        let explain = Statement::from_sql_and_values(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"), own);
        let rows = db.query_all_raw(explain).await.unwrap();
        found.extend(rows.iter().filter_map(|row| sqlite_access(&row.try_get::<String>("", "detail").unwrap())));
    }
    found
}

/// Columns compared in `((a = '1'::uuid) AND (b > 7))`, of PostgreSQL's plans.
fn postgres_columns(condition: &str, signs: &[&str]) -> Vec<String> {
    let words: Vec<&str> = condition.split([' ', '(', ')']).filter(|word| !word.is_empty()).collect();
    let compared = words.windows(2).filter(|pair| signs.contains(&pair[1]));
    compared.map(|pair| pair[0].rsplit('.').next().unwrap_or_default().to_owned()).collect()
}

fn postgres_accesses(node: &Value, relation: &str, found: &mut Vec<Access>) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    let relation = node["Relation Name"].as_str().unwrap_or(relation);
    // A heap is visited for the rows that the index below it names.
    if ["Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"].contains(&kind) {
        let condition = node["Index Cond"].as_str().unwrap_or_default();
        found.push(Access {
            table: relation.to_owned(),
            equal: postgres_columns(condition, &["=", "IS"]),
            ranges: postgres_columns(condition, &["<", ">", "<=", ">="]),
            plan: format!("{kind} {relation} {}: {condition}", node["Index Name"].as_str().unwrap_or_default()),
        });
    }
    for below in node["Plans"].as_array().into_iter().flatten() {
        postgres_accesses(below, relation, found);
    }
}

async fn of_postgres(db: &DatabaseConnection, statement: &Statement) -> Vec<Access> {
    let sql = format!("EXPLAIN (FORMAT JSON) {}", statement.sql);
    let values = statement.values.clone().map(|values| values.0).unwrap_or_default();
    let row =
        db.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await.unwrap().unwrap();
    let plan: Value = row.try_get("", "QUERY PLAN").unwrap();
    let mut found = Vec::new();
    postgres_accesses(&plan[0]["Plan"], "", &mut found);
    found
}

pub fn major(number: i64, members: &[i64]) -> NewMajor {
    NewMajor {
        number,
        members: members.to_vec(),
        notice_id: Uuid::now_v7(),
        title: LocalText::new("Mail is down", "Почта не работает"),
        category: None,
        keywords: Vec::new(),
        factors: Vec::new(),
        origin: NoticeOrigin::Detector,
        next_news_at: None,
        incident: None,
        staff_id: None,
    }
}

/// Everything a report's way in asks of the store.
async fn takes_reports_in(counted: &Counted, scope: &Scope) {
    let store = &counted.store;
    let (one, two, three) = (device(scope, "PC-1").await, device(scope, "PC-2").await, device(scope, "PC-3").await);
    store.device_by_id(one).await.unwrap();
    scope.device_seen(one, &info("PC-1"), at(0)).await.unwrap();
    let rules = NewRuleSet { toml: String::new(), note: String::new(), created_by: None };
    scope.publish_rule_set(&rules, at(0)).await.unwrap();
    scope.active_rule_version().await.unwrap();
    scope.active_rule_set().await.unwrap();
    scope.active_model_version().await.unwrap();
    scope.active_overlay().await.unwrap();
    scope.open_notices(at(0)).await.unwrap();
    let opens = Sent::new(one, at(0), "s").with_pictures(2);
    let root = opens.store(scope).await.ticket.number;
    opens.ingest(scope).await.unwrap();
    Sent::new(one, at(1), "s").store(scope).await;
    let early = Sent::new(three, at(2), "early").store(scope).await.ticket.number;
    let notice = scope.make_major(&major(root, &[]), at(3)).await.unwrap();
    scope.refused_notices(two, [notice.id]).await.unwrap();
    let known = |device, signature: &str, seconds| {
        let mut known = Sent::new(device, at(seconds), signature);
        known.notice = Some(notice.clone());
        known.as_member = Some(known.verdict.clone());
        known
    };
    let member = known(two, "m", 4);
    assert_eq!(member.store(scope).await.ticket.number, root);
    known(two, "m", 5).store(scope).await;
    assert_eq!(known(three, "early", 6).store(scope).await.ticket.number, root);
    scope.find_ticket_summary(early).await.unwrap();
    scope.find_attachment(opens.report.id, 0).await.unwrap();
    scope.attachment_stored(opens.report.id, 0, at(7)).await.unwrap();
    let silent = Sent::new(device(scope, "PC-4").await, at(7), "silent");
    silent.store(scope).await;
    assert!(scope.tell_notice(silent.report.id, notice.id, at(7)).await.unwrap());
    let id = member.report.id;
    for kind in [
        FollowUpKind::Text { text: "и сайты тоже".to_owned() },
        FollowUpKind::NotThis { notice: notice.id },
        FollowUpKind::AnswerTakenBack { notice: notice.id },
        FollowUpKind::NotThis { notice: notice.id },
        FollowUpKind::MeToo { notice: notice.id },
        FollowUpKind::AnswerTakenBack { notice: notice.id },
        FollowUpKind::NotThis { notice: notice.id },
        FollowUpKind::Withdraw,
    ] {
        scope.follow_up(two, id, &follow_up(kind), Some(&member.verdict), at(8)).await.unwrap();
    }
    let dropped = follow_up(FollowUpKind::AttachmentDropped { n: 1 });
    scope.follow_up(one, opens.report.id, &dropped, None, at(9)).await.unwrap();
    scope.find_report(opens.report.id).await.unwrap();
    scope.newest_of_ticket(root).await.unwrap();
    scope
        .refine_verdict(opens.report.id, &opens.verdict, VerdictBasis { sentences: 0, screens: 0 }, at(10))
        .await
        .unwrap();
    scope.find_receipt_row(opens.report.id).await.unwrap();
    scope.events_for_device(one, 0, 100).await.unwrap();
}

/// What is done beside: screens, grouping, monitoring, learning.
async fn works_on(counted: &Counted, scope: &Scope) {
    let store = &counted.store;
    store.screens_unavailable(at(0)).await.unwrap();
    let lease = |seconds| store.claim_screen(at(seconds), at(seconds + 60), at(-1_000));
    let claim = lease(20).await.unwrap().unwrap();
    scope.screen_not_read(&claim, Some(at(21))).await.unwrap();
    let claim = lease(22).await.unwrap().unwrap();
    scope.give_screen_back(&claim, at(23)).await.unwrap();
    let claim = lease(24).await.unwrap().unwrap();
    let stored = scope.find_report(claim.report_id).await.unwrap().unwrap();
    let reading = ScreenReading { text: "0x80070035".to_owned(), engine: "tesseract".to_owned() };
    scope.screen_read(&claim, &reading, &stored.verdict, stored.basis(), at(25)).await.unwrap();

    let other = Sent::new(device(scope, "PC-9").await, at(30), "s").store(scope).await;
    let (number, id) = (other.ticket.number, other.report_id);
    let holder = Uuid::now_v7();
    scope.hold_grouping(holder, at(30), at(90)).await.unwrap();
    let newest = scope.last_change().await.unwrap();
    scope.log_since(newest - 5, 200).await.unwrap();
    scope.find_reports(&[id]).await.unwrap();
    let gateway = Factor { dimension: Dimension::Gateway, value: "10.2.0.1".to_owned() };
    let factors =
        vec![ReportFactors { report_id: id, ticket_number: number, at: at(30), factors: vec![gateway.clone()] }];
    let state = Some((Bytes::from_static(b"knows"), newest));
    let step = GroupingStep {
        factors,
        incidents: vec![proposal("k", &[number]), proposal("l", &[])],
        faded: Vec::new(),
        state,
    };
    let kept = scope.keep_grouping(holder, &step, at(31)).await.unwrap().unwrap();
    let faded = GroupingStep { faded: vec!["l".to_owned()], ..GroupingStep::default() };
    scope.keep_grouping(holder, &faded, at(32)).await.unwrap();
    scope.find_incident(kept[0].id).await.unwrap();
    scope.tickets_of_entries(&[newest]).await.unwrap();
    scope.is_proposed("k").await.unwrap();
    scope.standing_of(&[number]).await.unwrap();
    scope.ended_maintenance(at(1)).await.unwrap();
    scope.factors_of_ticket(number).await.unwrap();
    scope.tickets_with(std::slice::from_ref(&gateway), at(0), 100).await.unwrap();
    scope.entries_of_ticket(number).await.unwrap();
    let major = NewMajor { incident: Some(kept[0].id), ..major(number, &[]) };
    scope.make_major(&major, at(33)).await.unwrap();
    let joins = Sent::new(device(scope, "PC-10").await, at(34), "s").store(scope).await.ticket.number;
    assert!(scope.join_major(joins, number, at(35)).await.unwrap());
    scope.release_grouping(holder).await.unwrap();

    scope.create_monitoring_token(Uuid::now_v7(), [0; 32], "", at(40)).await.unwrap();
    store.monitoring_token_by_hash([0; 32]).await.unwrap();
    let alert = NewNotice { external_key: Some("f00d".to_owned()), ..crate::isolation::notice() };
    scope.alert_firing(&alert, at(40)).await.unwrap();
    scope.alert_firing(&NewNotice { title: LocalText::new("Again", "Снова"), ..alert }, at(41)).await.unwrap();
    scope.alert_resolved("f00d", at(42)).await.unwrap();

    let anna = person(scope, "anna").await;
    let (category, usual_team) = (Category::Access, "identity".to_owned());
    scope
        .correct_ticket(&Correction { number, category, team: None, usual_team, staff_id: anna }, at(50))
        .await
        .unwrap();
    store.list_organisations().await.unwrap();
    let learned_revision = 2_000_000_000;
    let model = NewTextModel {
        after: 0,
        overlay: Some(vec![1]),
        corrections: 1,
        learned_revision,
        scores: ModelScores::default(),
        reason: None,
        created_by: None,
    };
    scope.keep_text_model(&model, at(51)).await.unwrap();
    scope.newest_text_model().await.unwrap();
    scope.tally_corrections(learned_revision).await.unwrap();
    scope.corrected_texts(learned_revision, 200).await.unwrap();
}

/// Makes thousands of rows of the few that are there, old ones of one organisation and otherwise different: PostgreSQL plans by what it
/// has counted, and takes small tables as a whole.
async fn multiply(db: &DatabaseConnection) {
    db.execute_unprepared("SET session_replication_role = replica").await.unwrap();
    let columns = "SELECT table_name, string_agg(CASE \
         WHEN column_name = 'organisation_id' THEN column_name::text \
         WHEN data_type = 'boolean' THEN 'false' \
         WHEN column_name = 'closed_at' THEN '1' \
         WHEN column_name = 'state' THEN '''old''' \
         WHEN data_type = 'uuid' THEN 'gen_random_uuid()' \
         WHEN data_type = 'bigint' THEN format('CASE WHEN %I IS NULL THEN NULL ELSE (random() * 1e9)::bigint END', column_name) \
         WHEN column_name IN ('detector_key', 'external_key', 'value') THEN 'md5(random()::text)' \
         WHEN column_name LIKE '%\\_hash' THEN 'decode(md5(random()::text), ''hex'')' \
         ELSE quote_ident(column_name) END, ', ' ORDER BY ordinal_position) AS columns \
         FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name";
    for row in db.query_all_raw(Statement::from_string(DbBackend::Postgres, columns)).await.unwrap() {
        let (table, columns): (String, String) =
            (row.try_get("", "table_name").unwrap(), row.try_get("", "columns").unwrap());
        if !SMALL.contains(&table.as_str()) {
            let more = format!(
                "INSERT INTO {table} SELECT {columns} FROM (SELECT * FROM {table} LIMIT 4) AS few, generate_series(1, 1000) \
                 ON CONFLICT DO NOTHING"
            );
            db.execute_unprepared(&more).await.unwrap();
        }
    }
    db.execute_unprepared("ANALYZE").await.unwrap();
}

async fn nothing_walks_over_stored_rows_on(backend: Backend) {
    let Some(counted) = Counted::open(backend).await else { return };
    let scope = organisation(&counted.store, "North").await;
    counted.taken();
    takes_reports_in(&counted, &scope).await;
    works_on(&counted, &scope).await;
    let mut how = ConnectOptions::new(counted.fresh.options.database_url.clone());
    how.max_connections(1);
    let db = Database::connect(how).await.unwrap();
    if backend == Backend::Postgres {
        multiply(&db).await;
    }
    let (mut seen, mut walks) = (BTreeSet::new(), Vec::new());
    for statement in counted.taken() {
        if !seen.insert(statement.sql.clone()) {
            continue;
        }
        let accesses = match backend {
            Backend::Sqlite => of_sqlite(&db, &statement).await,
            Backend::Postgres => of_postgres(&db, &statement).await,
        };
        let found = accesses.into_iter().filter(|access| access.walks(&statement.sql));
        walks.extend(found.map(|access| format!("{}\n    {}", access.plan, statement.sql)));
    }
    assert!(seen.len() > 50, "{} statements were seen", seen.len());
    assert!(walks.is_empty(), "{} of {} statements walk:\n{}", walks.len(), seen.len(), walks.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_walks_over_stored_rows_on_sqlite() {
    nothing_walks_over_stored_rows_on(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_walks_over_stored_rows_on_postgres() {
    nothing_walks_over_stored_rows_on(Backend::Postgres).await;
}
