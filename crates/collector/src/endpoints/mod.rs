//! One endpoint, one file: error, request, response, doc, handler, tests. Who may is not here but in
//! [`crate::routes`].

pub mod enrolments {
    //! Devices join an organisation.
    pub mod create;
}
pub mod reports {
    //! What one press sent.
    pub mod create;
    pub mod follow_up;
    pub mod receipt;
}
pub mod attachments {
    //! Files that follow a report.
    pub mod download;
    pub mod upload;
}
pub mod events {
    //! What a device is told.
    pub mod list;
}
pub mod session {
    //! Staff signing in and out.
    pub mod show;
    pub mod sign_in;
    pub mod sign_out;
}
pub mod tickets {
    //! What staff work.
    pub mod category;
    pub mod list;
    pub mod major_incident;
    pub mod merge;
    pub mod release;
    pub mod reopen;
    pub mod reply;
    pub mod resolve;
    pub mod show;
    pub mod similar;
    pub mod split;
    pub mod stream;
    pub mod take;
    pub mod take_back_major;
}
pub mod incidents {
    //! What looks like one cause.
    pub mod accept;
    pub mod dismiss;
    pub mod list;
}
pub mod alerts {
    //! What monitoring tells.
    pub mod receive;
}
pub mod notices {
    //! What is known already.
    pub mod close;
    pub mod create;
    pub mod list;
}
pub mod triage {
    //! What reports are judged by, and how right that is.
    pub mod activate_model;
    pub mod activate_rules;
    pub mod check_rules;
    pub mod models;
    pub mod publish_rules;
    pub mod quality;
    pub mod rules;
    pub mod sites;
}
