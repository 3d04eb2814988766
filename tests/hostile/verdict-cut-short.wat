;; The verdict ends in the middle.
;; expect: fault process
(module
  (memory (export "memory") 2)
  (data (i32.const 16) "{\"kind\":\"console_login\",\"outcome\":")
  (func (export "sekisho_abi_v1"))

  (func (export "sekisho_input") (param i32) (result i32) (i32.const 65536))
  (func (export "sekisho_configure") (export "sekisho_annotate") (param i32 i32) (result i32)
    (i32.const 0))
  (func (export "sekisho_process") (param i32 i32) (result i32) (i32.const 34))
  (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) (i32.const 0))
  (func (export "sekisho_output") (result i32) (i32.const 16))
  (func (export "sekisho_last_error") (export "sekisho_describe") (result i32) (i32.const 0)))
