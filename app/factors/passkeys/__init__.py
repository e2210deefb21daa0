"""Passkeys (WebAuthn): made, kept, proved and removed. No pages here."""
