"""Whoever translates and explains sentences, all optional: nothing waits for them.

``provider`` says what one is, ``libretranslate`` and ``openai`` are some; ``client``
asks over HTTP, within limits; ``desk`` says who is asked, and whether just now;
``cache`` keeps what was answered, and ``asking`` puts these together.
"""
