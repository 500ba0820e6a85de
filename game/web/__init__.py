"""The same matches in a browser: one process serves one page and the frames of its games.

It is opt-in, by the commands `serve` and `--audience`, and needs the extra `[web]`. The protocol is
described in docs/web.md.
"""
