"""The only place that knows xDSL's insides: text in, text out, rules, rewriting, passes.

    parser        MLIR text -> module               printer      module -> MLIR text
    verifier      every rule a module must obey     compare      where two modules differ
    rewriting     how passes change a module        constants    numbers in the IR <-> NumPy
    pass_manager  runs passes, checks between them  main         the opt tool over all this
    diagnostics, location                           errors that name the user's line

xDSL's public names are imported anywhere in the compiler; its privates are used in this folder alone.
"""
