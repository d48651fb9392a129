using AccessLogWebhook.Benchmarks.Samples;

namespace AccessLogWebhook.Tests.Admission;

/// <summary>
/// What a review leaves to the garbage collector, from its bytes to its answer's. It is the same on every machine and at every load, and what a request costs goes with it: what grows
/// here has made the request path slower.
/// </summary>
[Collection(nameof(ServedAllocationTests))]
public sealed class AllocationTests
{
    private const int Object = 8 * 1024;

    // Room for what a build without optimisation adds, and for little more.
    private const int Inject = 2_600;
    private const int Conforming = 2_100;
    private const int NotAsked = 1_000;

    [Fact]
    public void A_Pod_that_is_given_its_profile_leaves_little() =>
        Assert.InRange(Left(SampleReview.OfPod(Object), Cluster(), isMutation: true), 0, Inject);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_Pod_that_conforms_leaves_little(bool isMutation) =>
        Assert.InRange(Left(SampleReview.OfPod(Object, revision: SampleCluster.Revision), Cluster(), isMutation), 0, isMutation ? Inject : Conforming);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_Pod_of_a_namespace_that_asks_for_nothing_leaves_what_was_read_of_it(bool isMutation) =>
        Assert.InRange(Left(SampleReview.OfPod(Object, "team-00000"), Cluster(), isMutation), 0, NotAsked);

    [Fact]
    public void The_size_of_a_Pod_costs_no_memory() =>
        Assert.Equal(
            Left(SampleReview.OfPod(Object), Cluster(), isMutation: true),
            Left(SampleReview.OfPod(1024 * 1024), Cluster(), isMutation: true));

    [Fact]
    public void The_size_of_a_cluster_costs_a_review_no_memory() =>
        Assert.Equal(
            Left(SampleReview.OfPod(Object), Cluster(), isMutation: true),
            Left(SampleReview.OfPod(Object), new ReviewInProcess(SampleCluster.Of(namespaces: 20_000, envoyFilters: 2_000)), isMutation: true));

    private static ReviewInProcess Cluster() => new(SampleCluster.Of(namespaces: 10, envoyFilters: 10));

    /// <returns>Bytes for each review.</returns>
    private static long Left(byte[] body, ReviewInProcess review, bool isMutation)
    {
        const int Reviews = 100;
        var least = long.MaxValue;
        for (var batch = 0; batch < 5; batch++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var repetition = 0; repetition < Reviews; repetition++)
            {
                Answer();
            }

            // What was kept of a text may have been thrown out by another one, whose place is the same.
            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / Reviews);
        }

        return least;

        void Answer() => _ = isMutation ? review.Mutate(body) : review.Validate(body);
    }
}
