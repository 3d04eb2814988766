;; `sekisho_output` has no result, but the ABI requires an address.
;; expect: refused
(module
  (memory (export "memory") 2)
  (func (export "sekisho_abi_v1"))

  (func (export "sekisho_input") (param i32) (result i32) (i32.const 65536))
  (func (export "sekisho_configure") (export "sekisho_process") (export "sekisho_annotate")
        (param i32 i32) (result i32)
    (i32.const 0))
  (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) (i32.const 0))
  (func (export "sekisho_output"))
  (func (export "sekisho_last_error") (export "sekisho_describe") (result i32) (i32.const 0)))
