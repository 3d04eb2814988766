;; In the output of a batch, a record has two verdicts.
;; expect: fault process_batch
(module
  (memory (export "memory") 2)
  (data (i32.const 16) "\00\00\00\00" "\02\00\00\00" "{}"  "\00\00\00\00" "\02\00\00\00" "{}")
  (func (export "sekisho_abi_v1"))

  (func (export "sekisho_input") (param i32) (result i32) (i32.const 65536))
  (func (export "sekisho_configure") (export "sekisho_process") (export "sekisho_annotate")
        (param i32 i32) (result i32)
    (i32.const 0))
  (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) (i32.const 20))
  (func (export "sekisho_output") (result i32) (i32.const 16))
  (func (export "sekisho_last_error") (export "sekisho_describe") (result i32) (i32.const 0)))
