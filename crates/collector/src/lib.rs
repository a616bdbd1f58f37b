//! the service that receives reports, and its admin command line
