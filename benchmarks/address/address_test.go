package address

import "testing"

func TestOf_aThousandOnEachLoopbackAddress(t *testing.T) {
	for target, want := range map[int]string{0: "127.0.0.1:20000", 999: "127.0.0.1:20999", 1000: "127.0.1.1:20000", 19_999: "127.0.19.1:20999"} {
		if got := Of(target, 20000); got != want {
			t.Errorf("target %d listens on %s, want %s", target, got, want)
		}
	}
	if Ports(200) != 200 || Ports(10_000) != 1000 {
		t.Errorf("%d and %d ports", Ports(200), Ports(10_000))
	}
}

func TestAnswers_theShareEvenlySpread(t *testing.T) {
	for share, want := range map[float64]int{1: 10_000, 0.05: 500, 0.5: 5000} {
		n, gap := 0, 0
		for i := range 10_000 {
			if gap++; Answers(i, share) {
				n, gap = n+1, 0
			}
			if float64(gap) > 1/share {
				t.Fatalf("share %v: nobody answers in %d targets", share, gap)
			}
		}
		if n != want {
			t.Errorf("share %v: %d of 10,000 answer", share, n)
		}
	}
}
