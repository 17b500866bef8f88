"""The loopback lab: a private signed DNS tree and mail servers with planted faults."""
