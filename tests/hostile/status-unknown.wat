;; `sekisho_configure` and `sekisho_restore` return 7, which the ABI does not allow.
;; expect: fault configure restore
(module
  (memory (export "memory") 2)
  (func (export "sekisho_abi_v1"))

  (func (export "sekisho_input") (param i32) (result i32) (i32.const 65536))
  (func (export "sekisho_configure") (export "sekisho_restore") (param i32 i32) (result i32)
    (i32.const 7))
  (func (export "sekisho_process") (export "sekisho_annotate") (param i32 i32) (result i32)
    (i32.const 0))
  (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) (i32.const 0))
  (func (export "sekisho_output") (export "sekisho_last_error") (export "sekisho_describe")
        (export "sekisho_flush") (export "sekisho_save") (result i32)
    (i32.const 0))
  (func (export "sekisho_observe") (param i32 i32 i64) (result i32) (i32.const 0))
  (func (export "sekisho_tick") (param i64) (result i32) (i32.const 0))
  (func (export "sekisho_reset")))
