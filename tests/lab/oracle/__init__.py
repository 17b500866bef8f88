"""Real Postfix in a lab of its own, and tls-policy-check held against it."""
