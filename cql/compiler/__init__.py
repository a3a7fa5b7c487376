"""ELM to Python.

``assemble.compile_program`` takes a library (ELM as JSON) with all it includes and gives a ``Program``: generated
Python source, compiled, with its constants beside it. Each define becomes a function of the evaluation ``E``::

    define "Metastatic":                            def d3(E):
      exists ([Condition: "Metastatic Disease"] C       if (v := E.memo[1]) is not M: return v
        where C.onset as FHIR.dateTime                  t1 = E.value_set(k0)
          on or before "AsOf")                          t2 = E.index.retrieve(k1, k2, t1)
                                                        t3 = False
                                                        ...
                                                        for a4 in t2:
                                                            t5 = a4.get('onsetDateTime')
                                                            t6 = primitives_read_date_time(t5)
                                                            ...

Names and values of the library never appear in the source: they are constants (``k0``), held apart.

Modules are named after the chapters of the ELM specification; each registers the emitters of its node types
(``registry``). ``emitter`` has what they share, ``forms`` how values are represented on the way, ``program`` puts the
functions of all libraries together, ``image`` is the result.

Tracing
-------
A second program, made when a trace is first asked for, records the value of every expression. Nothing is fused or
taken out of loops in it, so the values are those of the author's expressions, in the order in which they were
computed. Each expression ends in a line ``L((number, value))``: ``number`` indexes ``Program.nodes`` (library, define,
ELM node). The log is in post-order, children before parents, so the tree can be rebuilt: scanning backwards from an
entry, the entries of nodes below its node (and, for a call, of the function's body) are its parts. A define's body is
recorded once, where it is first needed; a reference to it is an entry of its own. Values are as CQL sees them: FHIR
elements boxed, an absent property null, a retrieve its list of resources.
"""
