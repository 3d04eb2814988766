import sekisho

for verdict in sekisho.verdicts("examples/trail"):
    print(verdict)
