"""An Exchange server that lives on loopback: EWS over TLS as far as ZoomCal speaks to it."""
