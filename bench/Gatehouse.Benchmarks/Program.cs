using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Gatehouse.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Gatehouse.Benchmarks.Deciding).Assembly).Run(args);
