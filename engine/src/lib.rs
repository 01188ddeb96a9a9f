//! The model of data ingestion.
