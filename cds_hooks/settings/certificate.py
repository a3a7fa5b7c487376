"""The service's own certificate, tried before anything starts."""

from __future__ import annotations

import ssl

from cds_hooks.settings.model import Settings, SettingsError


def check_certificate(settings: Settings) -> None:
    """Raises ``SettingsError`` when `tls_certificate` and `tls_key` cannot be used; does nothing without them."""
    if settings.tls_certificate is None or settings.tls_key is None:
        return
    for name, file in (("tls_certificate", settings.tls_certificate), ("tls_key", settings.tls_key)):
        try:
            file.read_bytes()
        except OSError as error:
            raise SettingsError(
                f"{name}: {file} cannot be read ({error.strerror}); name a PEM file that the service's user may read"
            ) from None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_certificate, settings.tls_key, lambda: "")
    except (ssl.SSLError, ValueError):  # an empty passphrase is a ValueError
        raise SettingsError(
            f"tls_certificate, tls_key: {settings.tls_certificate} and {settings.tls_key} are not a certificate "
            "and its private key; give both as PEM files, the key without a passphrase"
        ) from None
