;; Every call returns an error, and `sekisho_last_error` never returns.
;; expect: fault configure process annotate process_batch describe observe tick flush save restore
;; needs: deadline
(module
  (memory (export "memory") 2)
  (func (export "sekisho_abi_v1"))

  (func (export "sekisho_input") (param i32) (result i32) (i32.const 65536))
  (func (export "sekisho_configure") (export "sekisho_process") (export "sekisho_annotate")
        (export "sekisho_restore") (param i32 i32) (result i32)
    (i32.const -2))
  (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) (i32.const -2))
  (func (export "sekisho_output") (result i32) (i32.const 0))
  (func (export "sekisho_last_error") (result i32) (loop (br 0)) (unreachable))
  (func (export "sekisho_describe") (export "sekisho_flush") (export "sekisho_save") (result i32)
    (i32.const -2))
  (func (export "sekisho_observe") (param i32 i32 i64) (result i32) (i32.const -2))
  (func (export "sekisho_tick") (param i64) (result i32) (i32.const -2))
  (func (export "sekisho_reset")))
