from sekisho import Filter

signins = Filter()

print(
    signins.process(b"""{"eventSource":"signin.amazonaws.com",
  "eventName":"ConsoleLogin","userIdentity":{"type":"Root"},
  "responseElements":{"ConsoleLogin":"Failure"}}""")
)
print(signins.process(b'{"eventSource":"s3.amazonaws.com"}'))
