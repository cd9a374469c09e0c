//! Writes exports beside the requests that asked for them.

use std::{error::Error as _, future::Future};

use latchkey_application::archive::{ArchiveError, MessageReader};
use latchkey_domain::StoreError;

use crate::{
    call::Call,
    download::{DownloadWriter, WriteFailed},
    views::ExportedMessageView,
};

/// Why an export ended before its end. Its reader sees the connection break.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrokenOff {
    /// What is exported can't be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// It can't be written.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl From<StoreError> for BrokenOff {
    fn from(error: StoreError) -> Self {
        Self::Archive(error.into())
    }
}

impl Call {
    /// Lets `writing` go on while its answer goes out.
    pub(crate) fn write_aside(
        &self,
        writing: impl Future<Output = Result<(), BrokenOff>> + Send + 'static,
    ) {
        let request = self.id.clone();
        self.api.runtime.spawn(async move {
            match writing.await {
                Ok(()) | Err(BrokenOff::Write(WriteFailed::ReaderLeft)) => {}
                Err(error) => {
                    let cause = error.source().map(ToString::to_string);
                    tracing::warn!(request_id = %request, %error, cause, "an export broke off");
                }
            }
        });
    }
}

/// Writes all messages as a list, each on a line of its own.
pub(crate) async fn write_messages(
    out: &mut DownloadWriter,
    messages: &mut MessageReader,
) -> Result<(), BrokenOff> {
    out.text("[").await?;
    let mut separator = "\n";
    while let Some(some) = messages.next().await? {
        for message in &some {
            out.text(separator).await?;
            out.json(&ExportedMessageView::of(message)).await?;
            separator = ",\n";
        }
    }
    out.text("\n]").await?;
    Ok(())
}
